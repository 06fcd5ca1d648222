"""The paper's whole grid on every family: each configuration in a shared sweep as it is alone."""

import pytest

from amarathon.compression.grids import GRIDS
from amarathon.doctor.recording import noise, questions
from amarathon.generation.outcome import Outcome
from amarathon.generation.sweep import sweep
from tests.models.families.tiny import TINY, tiny

NEW_TOKENS = 24
# Where a piece of the encoder is not two seconds long, one piece alone; and one where windows make it slow.
SECONDS = {"gemma3n": 1.0, "gemma4": 1.0, "gemma4_unified": 1.0}
ALIKE = (
    "reply",
    "new_tokens",
    "audio_tokens",
    "kept_tokens",
    "kept_indices",
    "kept_spans",
    "kept_map",
    "cache_bytes",
)


def outcomes(lm, names, seconds, shared):
    events = sweep(
        lm, noise(seconds), questions()[0], names, max_new_tokens=NEW_TOKENS, seed=3, shared=shared
    )
    return {event.configuration: event for event in events if isinstance(event, Outcome)}


@pytest.mark.parametrize("family", TINY)
def test_a_shared_sweep_gives_every_familys_replies(family):
    lm, names = tiny(family), GRIDS["paper"]
    assert len(names) == 33
    seconds = SECONDS.get(family, 2.2)
    alone, shared = (outcomes(lm, names, seconds, flag) for flag in (False, True))
    assert set(alone) == set(shared) == set(names)
    for name in names:
        assert shared[name].error == alone[name].error, name
        for part in ALIKE:
            assert getattr(shared[name], part) == getattr(alone[name], part), (name, part)
    assert max(outcome.new_tokens for outcome in alone.values()) == NEW_TOKENS
    refused = [name for name in names if alone[name].error is not None]
    # Where most layers look back over a window, three methods' layer sees too little to decide by.
    assert {name.partition("@")[0] for name in refused} <= (
        {"fastv", "dart"} if family.startswith("gemma") else set()
    )
