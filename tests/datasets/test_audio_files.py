"""Recordings that are missing, damaged, silent or not the ones stated."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from amarathon.datasets.audio_files import check_audio, decode_audio
from amarathon.tasks.sample import Sample, SampleAudio
from tests.audio.makers import WRITERS, tone, wav_bytes, write_with_libav
from tests.datasets.miniature import write_audio


@pytest.fixture
def samples(tmp_path: Path) -> list[Sample]:
    write_audio(tmp_path / "good.wav")
    write_audio(tmp_path / "cut.wav")
    whole = (tmp_path / "cut.wav").read_bytes()
    (tmp_path / "cut.wav").write_bytes(whole[: len(whole) // 4])
    soundfile.write(tmp_path / "silent.wav", np.zeros(16_000), 16_000)
    names = ["good", "good", "missing", "cut", "silent"]
    return [
        Sample(str(number), "ASR", SampleAudio(tmp_path / f"{name}.wav", name, (name,)), reference="words")
        for number, name in enumerate(names)
    ]


def test_headers_tell_what_is_missing_and_how_long_the_rest_is(samples: list[Sample]) -> None:
    stated = [replace(samples[0], audio=replace(samples[0].audio, duration_s=9.0)), *samples[1:3]]
    kept, excluded = check_audio(stated)
    assert [(sample.id, sample.audio.duration_s) for sample in kept] == [("0", 9.0), ("1", 1.0)]
    assert [(exclusion.record, exclusion.reason) for exclusion in excluded] == [
        ("2", "Its audio cannot be used: 'missing.wav' does not exist.")
    ]


def test_lengths_that_no_header_knows_are_counted(tmp_path: Path) -> None:
    makers = {
        "size0.wav": lambda path: path.write_bytes(wav_bytes(bytes(range(250)) * 128, data_size=0)),
        "chained.opus": lambda path: path.write_bytes(
            b"".join(
                WRITERS["opus"](tmp_path / "part", tone(seconds), 16_000).read_bytes()
                for seconds in (0.7, 0.3)
            )
        ),
        "no count.aac": lambda path: WRITERS["aac"](path, tone(0.9), 16_000),
        "live.webm": lambda path: write_with_libav(path, tone(1.0), 16_000, "webm", "libopus", {"live": "1"}),
    }
    samples = []
    for name, make in makers.items():
        make(tmp_path / name)
        samples.append(Sample(name, "ASR", SampleAudio(tmp_path / name, name, (name,)), reference="words"))
    kept, excluded = check_audio(samples)
    assert excluded == []
    assert [sample.audio.duration_s for sample in kept] == pytest.approx([1.0] * 4, abs=0.07)


def test_decoding_tells_what_headers_do_not(samples: list[Sample]) -> None:
    kept, reported = [], []
    kept, excluded = decode_audio(samples, lambda done, total: reported.append((done, total)))
    assert [sample.id for sample in kept] == ["0", "1"]
    assert all(sample.audio.sha256 and sample.audio.pcm_sha256 for sample in kept)
    reasons = {exclusion.record: exclusion.reason for exclusion in excluded}
    assert "does not exist" in reasons["2"]
    assert "truncated" in reasons["3"] or "cut off" in reasons["3"]
    assert "is silent" in reasons["4"]
    assert reported == [(0, 4), (1, 4), (2, 4), (3, 4)]


def test_a_file_that_was_exchanged_is_noticed(samples: list[Sample]) -> None:
    [good], _ = decode_audio(samples[:1], lambda *_: None)
    write_audio(good.audio.path, seconds=2)
    kept, [exchanged] = decode_audio([good], lambda *_: None)
    assert kept == []
    assert exchanged.reason == "Its audio file is not the one whose SHA-256 is stated."
