"""Transcripts of a model that cannot stop cost no more than what they say."""

from functools import cache

import pytest

from amarathon.metrics import transcripts
from amarathon.metrics.transcripts import spoken_content, whisper_normalise

SAID = "the quick brown fox isn't at home and twenty five lazy dogs jump over mister smith's colour tv set"
WORDS = SAID.split()
ALONE = transcripts._english()


@pytest.mark.parametrize("period", [1, 2, 3, 7, len(WORDS)])
@pytest.mark.parametrize("mark", ["", ". "])
def test_what_is_said_again_is_brought_to_its_form_once(period, mark, monkeypatch):
    said = " ".join(WORDS[:period]) + mark + " "
    loop = said * (2_000_000 // len(said))
    seen = []

    @cache
    def counting(piece):
        seen.append(len(piece))
        return ALONE(piece)

    monkeypatch.setattr(transcripts, "_normal_piece", counting)
    made = whisper_normalise(loop)
    assert sum(seen) < len(loop) / 4
    monkeypatch.undo()
    # No form of a word, number or contraction is changed by it.
    few = said * 3
    assert made.startswith(whisper_normalise(few)[: len(said)])


@pytest.mark.parametrize("mark", [":", " :", " =", " -", " \N{EN DASH}", " \N{EM DASH}", " ->", "**:", ":**"])
@pytest.mark.parametrize("label", ["Spoken Content", "spoken content", "SPOKEN CONTENT", "Spoken_Content"])
def test_the_prefix_is_told_by_any_mark(mark, label):
    assert whisper_normalise(spoken_content(f"{label}{mark} {SAID}")) == whisper_normalise(SAID)


@pytest.mark.parametrize("said", ["spoken content-based models", "the spoken content is here", "spoken text"])
def test_words_of_the_prefix_may_be_said(said):
    assert spoken_content(said) == said
