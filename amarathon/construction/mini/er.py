"""ER: the emotion in a voice, acted by rule: pace, pitch, melody, tremor, harshness, dullness.

The rules exaggerate what studies of acted emotion agree on; no real person's emotion is in it.
"""

from collections.abc import Mapping
from dataclasses import replace

from amarathon.construction.mini.acted import talk_in_manner
from amarathon.construction.mini.manner import Manner
from amarathon.construction.mini.plan import Plan
from amarathon.construction.mini.voices import GENDERS, draw_voice
from amarathon.construction.questions import distractors, make_options
from amarathon.construction.rendering import Question, Rendering

MANNERS: Mapping[str, Manner] = {
    "neutral": Manner(160, 0, 35, (0.35, 0.6)),
    "angry": Manner(200, 8, 60, (0.1, 0.3), harshness=3.0),
    "happy": Manner(180, 22, 99, (0.2, 0.45)),
    "sad": Manner(112, -22, 8, (0.8, 1.4), dullness_hz=1800),
    "fearful": Manner(215, 28, 30, (0.15, 0.9), tremor=1.0, breath=0.35),
}
EMOTIONS = tuple(MANNERS)
_VARIATION = 0.05


def prepare() -> None:
    """Nothing is fetched."""


def render(plan: Plan) -> Rendering:
    """Make one sample: one speaker, one emotion throughout."""
    emotion = EMOTIONS[plan.balanced_index(len(EMOTIONS), "emotion")]
    wrong = distractors(emotion, EMOTIONS, 3, plan.seed, plan.id)
    options, answer = make_options("ER", emotion, wrong, plan.balanced_index(4, "answer"))
    rng = plan.random("voice")
    voice = draw_voice(plan.split, GENDERS[plan.balanced_index(2, "gender")], rng)
    manner = MANNERS[emotion]
    pace = round(manner.words_per_minute * float(rng.uniform(1 - _VARIATION, 1 + _VARIATION)))
    manner = replace(manner, words_per_minute=pace, pitch=manner.pitch + int(rng.integers(-3, 4)))
    speech = talk_in_manner(plan, voice, manner)
    question = Question(
        "ER", "What emotion does the speaker express?", options, answer, slices={"emotion": emotion}
    )
    return plan.rendering(question, speech.samples, speech.pieces, speech.words)
