"""The sound check: tones in the left, the right or both ears, which only headphones tell apart well."""

import io
import random
from typing import Literal

import numpy as np
import soundfile
from sqlalchemy.orm import Session

from human_eval.storage import audit
from human_eval.storage.identifiers import now
from human_eval.storage.schema import Participant

SIDES = ("left", "right", "both")
TONES = 6
SAMPLE_RATE = 16_000
TONE_S, GAP_S, TONE_HZ, LEVEL = 0.7, 0.8, 440.0, 0.25
# From the beginning of a tone to that of the next.
EVERY_S = TONE_S + GAP_S
Outcome = Literal["passed", "swapped", "one speaker", "other"]


def sides(participant: Participant) -> list[str]:
    """On which side the tones of the current attempt are; each side comes twice."""
    order = [*SIDES] * (TONES // len(SIDES))
    random.Random(f"{participant.seed}/sound/{participant.sound_attempts}").shuffle(order)
    return order


def tones(participant: Participant) -> bytes:
    """The current attempt as a stereo WAV file."""
    time = np.arange(int(TONE_S * SAMPLE_RATE)) / SAMPLE_RATE
    fade = np.minimum(1, np.minimum(time, TONE_S - time) / 0.05)
    tone = np.concatenate(
        [LEVEL * fade * np.sin(2 * np.pi * TONE_HZ * time), np.zeros(int(GAP_S * SAMPLE_RATE))]
    )
    gains = {"left": (1, 0), "right": (0, 1), "both": (1, 1)}
    signal = np.concatenate([np.outer(tone, gains[side]) for side in sides(participant)])
    file = io.BytesIO()
    soundfile.write(file, signal, SAMPLE_RATE, format="WAV", subtype="PCM_16")
    return file.getvalue()


def compare(played: list[str], answers: list[str]) -> Outcome:
    """Compare the answers with the tones that were played, and guess what is wrong.

    Returns
    -------
    {"passed", "swapped", "one speaker", "other"}
        With one speaker both ears hear everything.
    """
    if answers == played:
        return "passed"
    other_ear = {"left": "right", "right": "left", "both": "both"}
    if answers == [other_ear[side] for side in played]:
        return "swapped"
    return "one speaker" if set(answers) == {"both"} else "other"


def check(session: Session, participant: Participant, answers: list[str], *, headphones: bool) -> Outcome:
    """Check the answers against the tones that were played; a failed attempt makes new tones."""
    outcome = compare(sides(participant), answers)
    passed = outcome == "passed"
    audit.record(
        session,
        participant.id,
        "sound check",
        participant.study_id,
        participant.id,
        passed=passed,
        headphones=headphones,
        attempt=participant.sound_attempts + 1,
    )
    participant.sound_attempts += 1
    if passed:
        participant.sound_checked_at, participant.headphones = now(), headphones
    return outcome
