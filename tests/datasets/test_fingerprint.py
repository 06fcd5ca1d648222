"""The dataset's hash: everything that is asked counts, nothing else does."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from amarathon.datasets.fingerprint import dataset_sha256
from amarathon.errors import DatasetError
from amarathon.tasks.sample import Option, Sample, SampleAudio


@pytest.fixture
def samples(tmp_path: Path) -> list[Sample]:
    (tmp_path / "a.wav").write_bytes(b"first")
    (tmp_path / "b.wav").write_bytes(b"second")
    choices = (Option("Ünn", "ann"), Option("Ben", "ben"))
    return [
        Sample("z", "SCR", SampleAudio(tmp_path / "a.wav", "a.wav", ("s",)), "Who?", choices, 1),
        Sample("b", "ASR", SampleAudio(tmp_path / "b.wav", "b.wav", ("s",)), reference="words"),
    ]


def test_the_hash_is_over_canonical_lines_sorted_by_id(samples: list[Sample]) -> None:
    first, second = (hashlib.sha256(content).hexdigest() for content in (b"first", b"second"))
    lines = (
        f'{{"answer":null,"audio":"{second}","id":"b","options":[],"question":"","reference":"words","task":"ASR"}}\n'
        f'{{"answer":1,"audio":"{first}","id":"z","options":[["\\u00dcnn","ann"],["Ben","ben"]],'
        '"question":"Who?","reference":null,"task":"SCR"}\n'
    )
    assert [json.loads(line)["id"] for line in lines.splitlines()] == ["b", "z"]
    assert dataset_sha256(samples) == hashlib.sha256(lines.encode()).hexdigest()
    assert dataset_sha256(reversed(samples)) == dataset_sha256(samples)


def test_everything_that_is_asked_changes_the_hash(samples: list[Sample], tmp_path: Path) -> None:
    choice, transcript = samples
    changed = [
        [replace(choice, id="y"), transcript],
        [replace(choice, question="Whom?"), transcript],
        [replace(choice, options=choice.options[::-1]), transcript],
        [replace(choice, options=(Option("Ünn", "other"), choice.options[1])), transcript],
        [replace(choice, answer=0), transcript],
        [choice, replace(transcript, reference="other words")],
        [replace(choice, task="SER"), transcript],
        [replace(choice, audio=transcript.audio), transcript],
        [choice],
    ]
    hashes = [dataset_sha256(variant) for variant in [samples, *changed]]
    (tmp_path / "a.wav").write_bytes(b"changed")
    hashes.append(dataset_sha256(samples))
    assert len(set(hashes)) == len(hashes)


def test_what_is_not_asked_does_not_change_the_hash(samples: list[Sample]) -> None:
    same = [
        replace(
            sample, slices={"a": "b"}, audio=replace(sample.audio, name="x", sources=("y",), duration_s=1.0)
        )
        for sample in samples
    ]
    assert dataset_sha256(same) == dataset_sha256(samples)


def test_a_stated_file_hash_is_taken_as_stated(samples: list[Sample]) -> None:
    digests = [hashlib.sha256(sample.audio.path.read_bytes()).hexdigest() for sample in samples]
    stated = [
        replace(sample, audio=replace(sample.audio, sha256=digest.upper(), path=Path("/nowhere/at/all")))
        for sample, digest in zip(samples, digests, strict=True)
    ]
    assert dataset_sha256(stated) == dataset_sha256(samples)


def test_a_missing_file_is_named(samples: list[Sample]) -> None:
    samples[1].audio.path.unlink()
    with pytest.raises(DatasetError, match=r"b\.wav cannot be read: No such file"):
        dataset_sha256(samples)
