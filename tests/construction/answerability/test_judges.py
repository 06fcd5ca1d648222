"""Judges: what they choose from what they hear; the recogniser and the tagger themselves are stood in for."""

import json
from pathlib import Path

import numpy as np
import pytest

from amarathon.audio import SAMPLE_RATE
from amarathon.construction import answerability
from amarathon.construction.answerability import events, words
from amarathon.construction.answerability.events import Events
from amarathon.construction.answerability.fitted import Fitted
from amarathon.construction.answerability.judging import SampleJudgement, clear_winner
from amarathon.construction.answerability.pitch import Pitch, pitches
from amarathon.construction.answerability.words import NamedMost, NamedTogether, Transcriber
from amarathon.construction.card import ANSWERABILITY_FILE
from amarathon.construction.finalisation import finalise
from amarathon.construction.mini import render
from amarathon.construction.mini.made_events import MAKERS
from amarathon.construction.mini.recordings import RECORDED
from amarathon.construction.tools import build
from amarathon.tasks import TASKS
from amarathon.tasks.sample import Option, Sample, SampleAudio
from tests.construction.toys import toy_jobs

SILENCE = np.zeros(SAMPLE_RATE, np.float32)


def sample(task: str, options: tuple[str, ...] = (), answer: int | None = None, **fields: str) -> Sample:
    shown = tuple(Option(text, text.lower()) for text in options)
    return Sample("x", task, SampleAudio(Path("x"), "x", ("x",)), options=shown, answer=answer, **fields)


def mock_transcripts(monkeypatch: pytest.MonkeyPatch, *sentences: str) -> None:
    monkeypatch.setattr(words, "transcribed", lambda samples: list(sentences))


def test_the_option_named_most_often_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    mock_transcripts(
        monkeypatch, "Anna is in Paris", "It is cold in Paris", "Rome is warm", "Parisian things"
    )
    item = sample("SER", ("Rome", "Paris", "Oslo", "Kiel"), 1)
    assert NamedMost()(item, SILENCE) == SampleJudgement(True, "Paris")
    mock_transcripts(monkeypatch, "Anna is in Paris", "Rome is warm")
    assert NamedMost()(item, SILENCE).right is None


def test_the_option_in_the_same_sentence_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    mock_transcripts(monkeypatch, "Anna has a lamp", "Peter has a chair", "Peter sold a chair")
    item = sample("SCR", ("lamp", "chair"), 0, question="Which object goes with Anna?")
    assert NamedTogether()(item, SILENCE) == SampleJudgement(True, "lamp")


def test_a_transcript_is_right_where_three_words_in_four_are(monkeypatch: pytest.MonkeyPatch) -> None:
    mock_transcripts(monkeypatch, "one fine day in june")
    assert Transcriber()(sample("ASR", reference="one fine day in May"), SILENCE).right
    assert not Transcriber()(sample("ASR", reference="some words nobody has said"), SILENCE).right


@pytest.mark.parametrize(("hertz", "gender"), [(110, 0), (220, 1), (160, None)])
def test_gender_follows_pitch(hertz: float, gender: int | None) -> None:
    times = np.arange(3 * SAMPLE_RATE) / SAMPLE_RATE
    voice = sum(np.sin(2 * np.pi * hertz * number * times) / number for number in range(1, 12))
    samples = np.asarray(0.1 * voice, np.float32)
    assert np.median(pitches(samples)) == pytest.approx(hertz, rel=0.02)
    judged = Pitch()(sample("SGR", ("Male", "Female"), gender or 0), samples)
    assert judged.right is (None if gender is None else True)


def test_events_are_those_whose_classes_score_highest(monkeypatch: pytest.MonkeyPatch) -> None:
    names = tuple(name for group in events.CLASSES.values() for name in group)
    found = np.zeros((40, len(names)), np.float32)
    found[3:8, names.index("Siren")] = 5.0
    found[:, names.index("Dog")] = 1.0
    monkeypatch.setattr(events, "classes", lambda: names)
    monkeypatch.setattr(events, "scores", lambda samples: found)
    item = sample("SED", ("Dog", "Siren", "Cat", "Owl"), 1)
    assert Events()(item, SILENCE) == SampleJudgement(True, "Siren")


def test_every_event_has_its_classes() -> None:
    assert {event.replace("_", " ").lower() for event in (*RECORDED, *MAKERS)} == set(events.CLASSES)


def test_a_fitted_judge_hears_an_emotion_in_voices_it_was_not_fitted_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("amarathon.construction.answerability.fitted.FITTED_ON", 40)
    monkeypatch.setattr("amarathon.construction.answerability.fitted._SECONDS", 8.0)
    judge, right = Fitted("voice"), []
    for index in range(8):
        made = render("ER", "test", index, 12.0)
        question = made.question
        item = Sample("x", "ER", sample("ER").audio, "", question.options, question.answer)
        right.append(judge(item, made.samples).right)
    assert sum(map(bool, right)) >= 6


def test_equal_scores_win_nothing() -> None:
    assert clear_winner([1.0, 3.0, 3.0]) is None
    assert clear_winner([1.0, 3.0, 2.0]) == 1


def test_every_task_has_a_judge_and_what_they_say_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert set(answerability.JUDGES) == set(TASKS)
    built, _ = build(toy_jobs(8, seconds=2.0), tmp_path, workers=1)
    finalise(tmp_path, "Toys", built, [], {})

    class Ear:
        name = "an ear"

        def __call__(self, sample: Sample, samples: np.ndarray) -> SampleJudgement:
            assert len(samples) == 2 * SAMPLE_RATE
            return SampleJudgement({0: True, 1: False}.get(int(sample.id[-1]) % 4), "noise")

    monkeypatch.setattr(answerability, "JUDGES", {"MC": Ear()})
    found = answerability.check(tmp_path, per_task=8)["MC"]
    assert (found["samples"], found["judged"], found["right"], found["enough"]) == (8, 4, 2, False)
    assert json.loads((tmp_path / ANSWERABILITY_FILE).read_text())["tasks"]["MC"]["tool"] == "an ear"
