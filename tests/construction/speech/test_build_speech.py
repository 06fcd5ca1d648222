"""The speech set, built from small packages of the same form."""

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from amarathon.construction.finalisation import read_manifest
from amarathon.construction.mini import dictation
from amarathon.construction.speech import building, prompts, readings, script
from amarathon.construction.speech.adventure import ARCHIVE, archive
from amarathon.construction.speech.plan import Planned
from amarathon.construction.tools import Built
from amarathon.datasets import load_dataset
from amarathon.errors import DatasetError
from tests.construction.speech.toy_packages import write_game, write_prompts, write_readings

TEXTS = {"press": "press 1 now", "hold": "Please hold the line.", "wait": "... one moment, please ..."}
RECORDINGS = (
    Planned("speech-prompts", "validation", prompts=tuple(TEXTS)),
    Planned("speech-readings", "validation", prompts=("press", "hold", "wait"), readings=True),
    Planned("speech-ian-1", "test", "Ian", (100,)),
    Planned("speech-ian-2", "test", "Ian", (100, 100)),
    Planned("speech-joe-king-1", "train", "Joe King", (100,)),
    Planned("speech-bud-1", "train", "Bud", (100,)),
)
IAN = {
    1: "You can trust me.",
    2: "Hmm.",
    3: "Ha <gulp> ha ha ha.",
    4: "You can trust me!",
    5: "There are 7 of us.",
    6: "The third door on the left.",
    7: "What is D.N.A. made of?",
    8: "Commander Rocket vs. the mob.",
    9: "Hurry up and rescue me, okay?",
    10: "That is a stupid idea!",
    11: "Come back soon, my friend!",
    12: "Is that meant to be a joke?",
    13: "You know KrAZy KeVIn?",
}
JOE = {
    1: "Come back soon, my friend.",
    2: "How long have you been here?",
    3: "Hey, lighten up!",
    4: "I gotta go.",
}


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    root = tmp_path / "packages"
    write_prompts(root, TEXTS, seconds=30)
    write_readings(root, {"one": "good day", "two": "adieu"})
    write_game(root, {"IAN1": (16, JOE, IAN), "BUD1": (8, {}, {1: "That wins the war."})})
    for module in (building, dictation, prompts, readings, script):
        monkeypatch.setattr(module, "unpacked", lambda package: root)
    monkeypatch.setattr(building, "RECORDINGS", RECORDINGS)
    archive.cache_clear()
    prompts._texts.cache_clear()
    yield root
    archive.cache_clear()
    prompts._texts.cache_clear()


def sounds(folder: Path) -> dict[str, str | None]:
    return {sample.id: sample.audio.pcm_sha256 for sample in load_dataset(folder).samples}


def test_a_second_build_has_the_same_manifest_and_sound(packages: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    report = building.build_speech(first, workers=1)
    again = building.build_speech(second, workers=1)
    assert report["samples"] == {"ASR": 5}
    assert report["manifest_sha256"] == again["manifest_sha256"]
    sounds = [
        {sample.id: sample.audio.pcm_sha256 for sample in load_dataset(out).samples}
        for out in (first, second)
    ]
    assert sounds[0] == sounds[1]

    # One line is too little: the recording is left out, and told of.
    assert [entry["record"] for entry in report["dropped"]] == ["speech-bud-1"]
    assert "It would last" in report["dropped"][0]["reason"]

    lines = {line["id"]: line for line in read_manifest(first)}
    assert lines["speech-prompts"]["question"]["reference"] == (
        "Press one now. Please hold the line. One moment, please."
    )
    assert lines["speech-prompts"]["licence"] == "CC-BY-SA-3.0"
    assert lines["speech-ian-1"]["licence"] == "LicenseRef-Flight-of-the-Amazon-Queen"
    assert lines["speech-readings"]["question"]["slices"] == {
        "split": "validation",
        "speaker": "Allison Smith (recorded for Digium, Inc.) and LibriVox reader of Sense and Sensibility",
        "speakers": "several",
        "kind": "telephone prompts",
    }
    for line in lines.values():
        assert 90 <= line["duration_s"] <= 300
        assert line["question"]["reference"] == " ".join(piece["what"] for piece in line["pieces"])

    card = (first / "README.md").read_text(encoding="utf-8")
    assert "compared over 3 splits: none is in two." in card
    assert "Barry James as Ian" in card
    assert "choose variants there" in card


def test_only_whole_lines_that_are_spoken_as_written_are_heard_and_each_once(packages: Path) -> None:
    texts = [line.text for line in script.lines_of_roles(archive(packages / ARCHIVE))["Ian"]]
    assert texts == [IAN[number] for number in (1, 6, 9, 10, 11, 12)]
    first, second = (building.clips_of(planned) for planned in RECORDINGS[2:4])
    assert [clip.what for clip in (*first, *second)] == texts
    assert {clip.origin.group for clip in first} == {"speaker/Barry James"}
    # The hero says one of Ian's sentences as well; it stays Ian's.
    assert [clip.what for clip in building.clips_of(RECORDINGS[4])] == [JOE[2], JOE[3], JOE[4]]


def test_readings_stand_between_prompts(packages: Path) -> None:
    texts = [clip.what for clip in building.clips_of(RECORDINGS[1])]
    assert texts == ["Press one now.", "good day", "Please hold the line.", "adieu", "One moment, please."]


def test_a_sentence_whose_words_are_in_doubt_is_not_read(
    packages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readings, "NOT_AS_WRITTEN", {"one.wav"})
    assert [clip.what for clip in readings.clips_of()] == ["adieu"]


def test_a_split_can_be_built_alone(packages: Path, tmp_path: Path) -> None:
    report = building.build_speech(tmp_path / "out", split="test", workers=1)
    assert report["samples"] == {"ASR": 2}
    assert "compared over 1 split:" in (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    metadata = (tmp_path / "out" / "metadata.jsonl").read_text(encoding="utf-8").splitlines()
    assert {json.loads(line)["author"].partition(" as ")[0] for line in metadata} == {"Barry James"}


def test_a_split_that_there_is_not_is_refused() -> None:
    with pytest.raises(DatasetError, match="no split dev; there are train, validation, test, and all"):
        building.jobs("dev")


@pytest.mark.parametrize(
    ("field", "value", "named"),
    [("source", "a-0", "a-0"), ("group", "speaker/a", "speaker/a"), ("what", "HELLO, a!", "hello a")],
)
def test_what_is_in_two_splits_is_refused(field: str, value: str, named: str) -> None:
    def built(name: str, split: str, **planted: str) -> Built:
        piece = {"source": f"{name}-0", "group": f"speaker/{name}", "what": f"Hello {name}."}
        question = {"answer": None}
        return Built(name, split, "ASR", "CC0-1.0", "", 1.0, "", "", question, [{**piece, **planted}], {})

    clean = [built("a", "train"), built("b", "test")]
    assert building.split_check(clean) == {"splits": 2, "sources": 2, "speakers": 2, "sentences": 2}
    leaking = [*clean, built("c", "test", **{field: value})]
    with pytest.raises(DatasetError, match=f"{named} is in test and in train"):
        building.split_check(leaking)
    # Within one split it is none.
    assert building.split_check([*clean, dataclasses.replace(leaking[2], split="train")])["splits"] == 2
