"""SED: one class of sound event over a quiet background; which of four was it?

Two families, never mixed in one question: animals recorded, and household and street sounds made.
"""

import numpy as np

from amarathon.construction.merging import Clip, Timeline, rms
from amarathon.construction.mini.made_events import MAKERS, made_event
from amarathon.construction.mini.noise import Samples, band, pink, slow_gain
from amarathon.construction.mini.plan import Plan
from amarathon.construction.mini.recordings import (
    RECORDED,
    SourceRecording,
    loaded,
    recorded_labels,
    recordings_of,
    usable,
)
from amarathon.construction.questions import distractors, make_options
from amarathon.construction.rendering import Question, Rendering
from amarathon.construction.seeds import chosen
from amarathon.errors import DatasetError

# Every class that is asked about.
EVENTS = (*RECORDED, *MAKERS)

_BACKGROUND_DB = -24.0
_GAP_S = (2.5, 6.0)
_REPEATS = (2, 4)
_BURST_S = 3.0


def prepare() -> None:
    """Fetch and decode the recordings.

    Raises
    ------
    DatasetError
        One of them is broken: every class needs all that it has.
    """
    dropped = usable().dropped
    if dropped:
        raise DatasetError(f"The recording {dropped[0].record} cannot be used. {dropped[0].reason}")


def render(plan: Plan) -> Rendering:
    """Make one sample."""
    recorded = plan.balanced_index(2, "family") == 0
    family = RECORDED if recorded else tuple(MAKERS)
    present = recorded_labels(plan.split) if recorded else family
    label = present[plan.balanced_index(len(present), "label")]
    wrong = distractors(label, family, 3, plan.seed, plan.id)
    options, answer = make_options(
        "SED", _shown(label), [_shown(other) for other in wrong], plan.balanced_index(4, "answer")
    )
    rng = plan.random("question")
    recording = chosen(rng, recordings_of(plan.split, label)) if recorded else None
    line = Timeline(plan.seconds)
    _place_events(line, plan, label, recording)
    line.samples += _background(len(line.samples), rms(line.samples), plan.random_at_length("background"))
    samples, pieces = line.finished()
    slices = {"origin": "recorded" if recorded else "made", "event": label}
    question = Question("SED", "Which sound event can be heard?", options, answer, slices=slices)
    return plan.rendering(question, samples, pieces)


def _shown(label: str) -> str:
    return label.replace("_", " ")


def _place_events(line: Timeline, plan: Plan, label: str, recording: SourceRecording | None) -> None:
    rng = plan.random("events")
    onset = float(rng.uniform(0.5, 2.5))
    while onset < line.seconds - 1.0:
        if recording is None:
            onset = line.add(made_event(label, rng), onset, float(rng.uniform(-4, 0)))
        else:
            onset = _burst(line, loaded(recording), onset, rng, train=plan.split == "train")
        onset += float(rng.uniform(*_GAP_S))


def _burst(line: Timeline, clip: Clip, onset: float, rng: np.random.Generator, train: bool) -> float:
    """An animal calls a few times; a long call only once."""
    times = int(rng.integers(_REPEATS[0], _REPEATS[1] + 1)) if clip.duration_s < _BURST_S / 2 else 1
    gain = float(rng.uniform(-4, 0))
    # Few recordings are to stand for a class: in training each call sounds a little different.
    call = Clip(_varied(clip.samples, rng), clip.origin, clip.what) if train else clip
    for _ in range(times):
        onset = line.add(call, onset, gain, longest_s=_BURST_S) + float(rng.uniform(0.1, 0.4))
    return onset


def _varied(samples: Samples, rng: np.random.Generator) -> Samples:
    """Read faster or slower (and so higher or lower) by up to a fifth, and through another band."""
    pace = float(2 ** rng.uniform(-0.3, 0.3))
    positions = np.arange(0, len(samples) - 1, pace)
    read = np.asarray(np.interp(positions, np.arange(len(samples)), samples), np.float32)
    low, high = float(rng.uniform(30, 250)), float(rng.uniform(3500, 7900))
    return band(read, low, high, order=1)


def _background(length: int, event_rms: float, rng: np.random.Generator) -> Samples:
    room = band(pink(length, rng), 40, float(rng.uniform(800, 4000)), order=1)
    room = room / np.float32(max(rms(room), 1e-9)) * slow_gain(length, rng, 3.0, 4.0)
    return np.asarray(room * np.float32(event_rms * 10 ** (_BACKGROUND_DB / 20)), np.float32)
