"""AudioMarathon-mini: what `render` promises, for every task that needs nothing fetched."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from amarathon.audio import SAMPLE_RATE
from amarathon.construction.mini import MODULES, draw_seconds, render
from amarathon.construction.mini.about import TASKS as ABOUT
from amarathon.construction.mini.asr import RECORDED_EVERY
from amarathon.construction.mini.genres import STYLES
from amarathon.construction.mini.plan import LONGEST_S, SHORTEST_S, SPLITS, sample_id
from amarathon.construction.mini.recordings import RECORDINGS, recorded_labels
from amarathon.construction.mini.sd import PACKAGES
from amarathon.construction.mini.vocabulary import CLASSES, all_words, plain_words, split_of
from amarathon.construction.mini.voices import VARIANTS
from amarathon.construction.rendering import Rendering
from amarathon.datasets.licences import licence_of_mix, may_be_redistributed
from amarathon.datasets.options import text_key
from amarathon.errors import DatasetError, TaskError
from amarathon.tasks import TASKS

SPOKEN = ("SER", "SCR", "ASR", "ER", "SAR", "SGR")
# The others are made from packages that a test does not fetch: see test_fetched.py.
MADE = (*SPOKEN, "ASC")


@pytest.fixture(scope="module", params=MADE)
def task(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def renderings(task: str) -> list[Rendering]:
    return [render(task, "test", index, 6.0) for index in range(4)]


def test_every_task_has_its_generator_and_its_words_on_the_card() -> None:
    assert set(MODULES) == set(TASKS) == set(ABOUT)


def test_the_same_sample_is_the_same_sound(task: str, renderings: list[Rendering]) -> None:
    again = render(task, "test", 2, 6.0)
    assert np.array_equal(again.samples, renderings[2].samples)
    assert again.question == renderings[2].question
    assert again.pieces == renderings[2].pieces
    assert not np.array_equal(renderings[0].samples, renderings[1].samples)


def test_the_question_does_not_depend_on_the_length(task: str, renderings: list[Rendering]) -> None:
    for index, short in enumerate(renderings[:2]):
        long = render(task, "test", index, 11.0)
        assert long.duration_s == 11.0
        assert short.id == long.id
        if task != "ASR":
            assert long.question.options == short.question.options
            assert long.question.answer == short.question.answer
            assert long.question.text == short.question.text
    assert render(task, "test", 0, 6.0, seed=1).question != renderings[0].question or task in ("SGR", "SAR")


def test_the_sound_is_whole(renderings: list[Rendering]) -> None:
    for made in renderings:
        assert made.samples.dtype == np.float32
        assert len(made.samples) == 6 * SAMPLE_RATE
        assert np.isfinite(made.samples).all()
        assert np.abs(made.samples).max() < 1
        assert 20 * np.log10(np.sqrt(np.mean(made.samples**2))) == pytest.approx(-26, abs=0.5)


def test_pieces_and_words_lie_inside(renderings: list[Rendering]) -> None:
    for made in renderings:
        assert made.pieces
        for one in made.pieces:
            assert 0 <= one.onset_s < one.onset_s + one.duration_s <= made.duration_s + 1e-6
        for word in made.words:
            assert 0 <= word.start_s <= word.end_s <= made.duration_s + 1e-3
        starts = [word.start_s for word in made.words]
        assert starts == sorted(starts)


def test_words_are_heard_where_they_are_said_to_be() -> None:
    made = render("ASR", "train", 1, 20.0)
    level = np.sqrt(np.mean(made.samples**2))
    for word in made.words:
        span = made.samples[round(word.start_s * SAMPLE_RATE) : round(word.end_s * SAMPLE_RATE)]
        assert np.abs(span).max() > level / 2, word
    assert " ".join(word.text for word in made.words) == (made.question.reference or "").replace(".", "")


def test_options_are_different_and_the_answer_is_one_of_them(task: str, renderings: list[Rendering]) -> None:
    for made in renderings:
        question = made.question
        if task == "ASR":
            assert question.reference
            assert not question.options
            continue
        keys = [text_key(option.text) for option in question.options]
        assert all(keys)
        assert len(set(keys)) == len(keys)
        assert question.answer is not None
        assert 0 <= question.answer < len(keys)


@pytest.mark.parametrize("code", [code for code in MADE if code != "ASR"])
def test_answers_are_even_over_positions(code: str) -> None:
    count = len(TASKS[code].labels) if TASKS[code].fixed_order else 4
    answers = Counter(render(code, "train", index, 2.0).question.answer for index in range(2 * count))
    assert answers == dict.fromkeys(range(count), 2)


def test_the_licence_follows_from_the_pieces(renderings: list[Rendering]) -> None:
    for made in renderings:
        assert made.licence == licence_of_mix(piece.origin.licence for piece in made.pieces)
        assert may_be_redistributed(made.licence)
        assert made.sources
        assert made.authors


@pytest.mark.parametrize("code", SPOKEN)
def test_speakers_of_different_splits_are_different(code: str) -> None:
    used = {
        split: {piece.origin.group for index in range(6) for piece in render(code, split, index, 4.0).pieces}
        for split in SPLITS
    }
    assert not used["train"] & used["test"]
    assert not used["train"] & used["validation"]
    assert not used["validation"] & used["test"]


@pytest.mark.parametrize("code", SPOKEN)
def test_sentences_of_different_splits_are_different(code: str) -> None:
    for split in SPLITS:
        if (code, split) == ("ASR", "test"):
            assert RECORDED_EVERY > 2
        for piece in render(code, split, 0, 12.0).pieces:
            assert split_of(piece.what) == split


@pytest.mark.parametrize("code", SPOKEN)
def test_every_word_is_in_the_vocabulary(code: str) -> None:
    known = set(all_words())
    for index in range(3):
        for piece in render(code, "train", index, 10.0).pieces:
            assert set(plain_words(piece.what)) <= known


def test_the_answer_to_an_entity_question_is_said_and_no_other_option_is() -> None:
    for index in range(8):
        made = render("SER", "test", index, 20.0)
        spoken = " ".join(piece.what for piece in made.pieces)
        named = [option.text in spoken for option in made.question.options]
        assert named == [index == made.question.answer for index in range(4)]


def test_all_options_of_a_passage_are_said_and_one_goes_with_who_is_asked_about() -> None:
    for index in range(8):
        made = render("SCR", "test", index, 60.0)
        question = made.question
        subject = question.text.rstrip("?").split()[-1]
        together = {
            option.text
            for option in question.options
            for piece in made.pieces
            if option.text in piece.what and subject in piece.what
        }
        assert together == {question.options[question.answer or 0].text}
        spoken = " ".join(piece.what for piece in made.pieces)
        assert all(option.text in spoken for option in question.options)


def test_no_two_digits_are_said_together() -> None:
    """Normal forms of text write them as one number, and a right transcript would count as wrong."""
    digits = set(CLASSES["digit"])
    for index in range(5):
        words = plain_words(render("ASR", "train", index, 30.0).question.reference or "")
        assert not any(one in digits and two in digits for one, two in pairwise(words))


def test_lengths_are_drawn_from_the_name_alone() -> None:
    lengths_s = [draw_seconds("SD", "test", index) for index in range(300)]
    assert min(lengths_s) >= SHORTEST_S
    assert max(lengths_s) <= LONGEST_S
    assert lengths_s[7] == draw_seconds("SD", "test", 7)
    assert np.mean(lengths_s) == pytest.approx(160, abs=15)


def test_ids_say_nothing_of_the_answer() -> None:
    assert sample_id("SD", "test", 3) == "mini-sd-test-00003"


def test_declared_sources_are_in_one_split_each() -> None:
    for gender in ("male", "female"):
        sets = [set(VARIANTS[split][gender]) for split in SPLITS]
        assert sum(map(len, sets)) == len(set.union(*sets))
    for style in STYLES.values():
        files = [file for split in SPLITS for file in style.grooves[split]]
        assert len(files) == len(set(files))
        assert all(style.grooves[split] for split in SPLITS)
    recordings = [(recording.package.name, recording.file) for recording in RECORDINGS]
    assert len(recordings) == len(set(recordings))
    assert set(recorded_labels("test")) <= set(recorded_labels("train"))
    packages = [package.name for split in SPLITS for package in PACKAGES[split]]
    assert len(packages) == len(set(packages))


def test_what_is_not_there_is_named() -> None:
    with pytest.raises(TaskError, match="no task QA"):
        render("QA", "test", 0, 10)
    with pytest.raises(DatasetError, match="no split dev"):
        render("SGR", "dev", 0, 10)
    with pytest.raises(DatasetError, match="numbered from 0"):
        render("SGR", "test", -1, 10)
    with pytest.raises(DatasetError, match="2 to 3600 seconds"):
        render("SGR", "test", 0, 1)
