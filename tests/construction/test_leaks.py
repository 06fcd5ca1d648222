"""Every guard catches a leak that was planted, and passes what has none."""

import dataclasses

import numpy as np
import pytest

from amarathon.construction.leaks import crossing, shallow_check
from amarathon.construction.tools import Built
from amarathon.datasets.licences import LICENCES, licence_of_mix, may_be_redistributed
from amarathon.errors import DatasetError

ITEMS = 240


def samples(seed: int = 0) -> list[Built]:
    """Samples whose features and answers have nothing to do with one another."""
    rng = np.random.default_rng(seed)
    return [
        Built(
            id=f"mini-sd-test-{number:05d}",
            split="test",
            task="SD",
            licence="CC0-1.0",
            file="",
            duration_s=1.0,
            sha256="",
            pcm_sha256="",
            question={"answer": int(rng.integers(2))},
            pieces=(),
            features={
                "duration_s": float(rng.uniform(90, 300)),
                "level_dbfs": float(rng.normal(-26, 0.1)),
                "pieces": float(rng.integers(20, 60)),
            },
        )
        for number in range(ITEMS)
    ]


def planted(feature: str, shift: float) -> list[Built]:
    return [
        dataclasses.replace(
            sample,
            features={
                **sample.features,
                feature: sample.features[feature] + shift * sample.question["answer"],
            },
        )
        for sample in samples()
    ]


def test_chance_is_passed() -> None:
    found = shallow_check(samples(), permutations=50)
    assert found.items == ITEMS
    assert found.passed
    assert abs(found.accuracy - found.chance) < 0.12


@pytest.mark.parametrize(("feature", "shift"), [("duration_s", 150.0), ("level_dbfs", 0.5), ("pieces", 30.0)])
def test_a_planted_leak_is_caught(feature: str, shift: float) -> None:
    found = shallow_check(planted(feature, shift), permutations=100)
    assert not found.passed
    assert found.accuracy > found.chance + 0.15


def test_a_file_name_that_tells_the_answer_is_caught() -> None:
    """Even numbers are real, odd ones fake: the listing gives the answer away."""
    leaking = [
        dataclasses.replace(sample, question={"answer": number % 2})
        for number, sample in enumerate(samples())
    ]
    assert not shallow_check(leaking, permutations=100).passed
    ordered = [
        dataclasses.replace(sample, question={"answer": int(number >= ITEMS / 2)})
        for number, sample in enumerate(samples())
    ]
    assert not shallow_check(ordered, permutations=100).passed


def test_pieces_count_only_where_they_are_shallow() -> None:
    leaking = planted("pieces", 30.0)
    assert shallow_check(leaking, with_pieces=False, permutations=50).passed


def piece(source: str, group: str = "") -> dict[str, str]:
    return {"source": source, "group": group}


def test_sources_and_speakers_that_cross_splits_are_named() -> None:
    splits = {
        "train": [piece("a.wav", "speaker 1"), piece("made/siren"), piece("b.wav")],
        "test": [piece("c.wav", "speaker 1"), piece("made/siren"), piece("b.wav")],
        "validation": [piece("d.wav", "speaker 2")],
    }
    assert crossing(splits) == {"b.wav": ["test", "train"], "speaker 1": ["test", "train"]}
    assert crossing({"train": [piece("a")], "test": [piece("b")]}) == {}


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        (["CC0-1.0", "CC0-1.0"], "CC0-1.0"),
        (["CC0-1.0", "CC-BY-4.0"], "CC-BY-4.0"),
        (["CC0-1.0", "CC-BY-SA-3.0", "CC-BY-4.0"], "CC-BY-SA-3.0"),
        (["GPL-2.0-only", "CC0-1.0"], "GPL-2.0-only"),
        ([], "CC0-1.0"),
        (["LDC licence", "CC0-1.0"], "LDC licence"),
    ],
)
def test_the_licence_that_asks_most_is_that_of_the_whole(parts: list[str], whole: str) -> None:
    assert licence_of_mix(parts) == whole


@pytest.mark.parametrize("other", ["GPL-2.0-only", "GPL-3.0-or-later", "CC-BY-SA-4.0", "LDC licence"])
def test_share_alike_is_never_mixed(other: str) -> None:
    with pytest.raises(DatasetError, match="may not be mixed in one file"):
        licence_of_mix(["CC0-1.0", "CC-BY-SA-3.0", other])


def test_what_is_not_known_is_not_passed_on() -> None:
    assert all(may_be_redistributed(name) for name in LICENCES)
    assert not may_be_redistributed("LDC licence")
