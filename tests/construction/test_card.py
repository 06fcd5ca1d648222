"""The finished folder: manifest, metadata, report and card agree."""

import dataclasses
import hashlib
import json
from pathlib import Path

import pytest
import yaml

from amarathon.construction.card import ANSWERABILITY_FILE, CARD_FILE, write_card
from amarathon.construction.finalisation import MANIFEST_FILE, balanced, finalise, read_manifest
from amarathon.construction.tools import Built, build
from amarathon.construction.verification import draw, hand_over
from amarathon.datasets import load_dataset
from amarathon.datasets.folder import read_attributions
from amarathon.tasks.sample import Exclusion
from tests.construction.toys import toy_jobs

CHECK = {
    "items": 240,
    "accuracy": 0.51,
    "chance": 0.5,
    "p_value": 0.4,
    "features": ["duration_s"],
    "passed": True,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("toys")
    built, _ = build(toy_jobs(8), out, workers=1)
    finalise(
        out,
        "Toys",
        built,
        [Exclusion("toy-999", "Its source is broken.")],
        {
            "seed": 3,
            "command": "amarathon build toys",
            "about": {"MC": "Noise."},
            "leak_checks": {"all": CHECK},
        },
    )
    write_card(out)
    return out


def card(folder: Path) -> str:
    return (folder / CARD_FILE).read_text(encoding="utf-8")


def test_the_card_begins_with_what_the_hub_reads(folder: Path) -> None:
    _, head, _ = card(folder).split("---\n", 2)
    fields = yaml.safe_load(head)
    assert fields["pretty_name"] == "Toys"
    assert fields["language"] == ["en"]
    assert fields["size_categories"] == ["n<1K"]


def test_the_card_names_the_manifest_by_its_hash(folder: Path) -> None:
    assert hashlib.sha256((folder / MANIFEST_FILE).read_bytes()).hexdigest() in card(folder)


def test_the_card_tells_what_was_checked_and_dropped(folder: Path) -> None:
    text = card(folder)
    assert "| all | 240 | 51.0 | 50.0 | 0.400 | no leak found |" in text
    assert "`toy-999`: Its source is broken." in text
    assert "A:2 B:2 C:2 D:2" in text
    assert "Noise." in text
    assert "nobody (CC0-1.0)" in text
    assert "Nothing has been drawn yet." in text
    assert "Not checked for this build." in text


def test_the_card_follows_what_comes_later(folder: Path) -> None:
    hand_over(folder, draw(load_dataset(folder).samples, 0))
    found = {"tool": "an ear", "samples": 5, "judged": 4, "right": 2, "enough": False, "verdicts": {}}
    (folder / ANSWERABILITY_FILE).write_text(json.dumps({"seed": 0, "tasks": {"MC": found}}))
    write_card(folder)
    assert "| MC | an ear | 5 | 4 | 2 | NO |" in card(folder)
    assert "| MC | 8 | 0 | open |" in card(folder)


def test_manifest_and_metadata_agree(folder: Path) -> None:
    samples = {sample.id: sample for sample in load_dataset(folder).samples}
    attributions = read_attributions(folder)
    for line in read_manifest(folder):
        sample = samples[line["id"]]
        assert line["pcm_sha256"] == sample.audio.pcm_sha256
        assert line["question"]["answer"] == sample.answer
        assert line["licence"] == attributions[sample.id].licence
        (piece,) = line["pieces"]
        assert piece["onset_s"] == 0
        assert piece["duration_s"] == pytest.approx(line["duration_s"], abs=1e-4)


def test_the_manifest_does_not_hold_the_bytes_of_the_files(folder: Path) -> None:
    """Encoders may stamp a serial into a file; the manifest must be the same all the same."""
    assert all("sha256" not in line for line in read_manifest(folder))


def test_answers_of_a_fixed_order_are_made_even(folder: Path) -> None:
    built, _ = build(toy_jobs(8), folder.parent / "balance", workers=1)
    answers = [0, 0, 0, 0, 0, 1, 1, 1]
    uneven: list[Built] = [
        dataclasses.replace(sample, question={**sample.question, "answer": answer})
        for sample, answer in zip(built, answers, strict=True)
    ]
    kept, dropped = balanced(uneven, 0)
    assert [sample.question["answer"] for sample in kept].count(0) == 3
    assert len(dropped) == 2
    assert balanced(list(reversed(uneven)), 0) == (kept, dropped)
