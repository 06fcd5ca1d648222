"""Transcripts of a model that cannot stop cost no more than what they say."""

import pytest

from amarathon.metrics import transcripts
from amarathon.metrics.transcripts import whisper_normalise

SAID = "the quick brown fox isn't at home and twenty five lazy dogs jump over mister smith's colour tv set"
WORDS = SAID.split()
ALONE = transcripts._english()


@pytest.mark.parametrize("period", [1, 2, 3, 7, len(WORDS)])
@pytest.mark.parametrize("mark", ["", ". "])
def test_what_is_said_again_is_brought_to_its_form_once(period, mark, monkeypatch):
    said = " ".join(WORDS[:period]) + mark + " "
    loop = said * (2_000_000 // len(said))
    seen = []

    def counting():
        return lambda piece: seen.append(len(piece)) or ALONE(piece)

    monkeypatch.setattr(transcripts, "_english", counting)
    made = whisper_normalise(loop)
    assert sum(seen) < len(loop) / 4
    monkeypatch.undo()
    # No form of a word, number or contraction is changed by it.
    few = said * 3
    assert made.startswith(whisper_normalise(few)[: len(said)])
