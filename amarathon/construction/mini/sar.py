"""SAR: the age of a voice, made by rule: older is slower, lower, duller, more tremulous and breathier.

Five steps of one scale; no real person's age is in it.
"""

from dataclasses import replace

from amarathon.construction.mini.acted import talk_in_manner
from amarathon.construction.mini.manner import Manner
from amarathon.construction.mini.plan import Plan
from amarathon.construction.mini.voices import GENDERS, draw_voice
from amarathon.construction.questions import fixed_options
from amarathon.construction.rendering import Question, Rendering

AGES = ("18-30", "31-40", "41-50", "51-70", "71+")
MANNERS = (
    Manner(215, 22, 70, (0.15, 0.35)),
    Manner(185, 10, 55, (0.25, 0.45), tremor=0.1, breath=0.05, dullness_hz=6000),
    Manner(158, 0, 45, (0.35, 0.6), tremor=0.3, breath=0.15, dullness_hz=4500),
    Manner(132, -12, 35, (0.5, 0.8), tremor=0.6, breath=0.3, dullness_hz=3300),
    Manner(108, -24, 25, (0.7, 1.2), tremor=1.0, breath=0.5, dullness_hz=2400),
)


def prepare() -> None:
    """Nothing is fetched."""


def render(plan: Plan) -> Rendering:
    """Make one sample: one speaker of one age throughout."""
    answer = plan.balanced_index(len(AGES), "answer")
    rng = plan.random("voice")
    voice = draw_voice(plan.split, GENDERS[plan.balanced_index(2, "gender")], rng)
    manner = MANNERS[answer]
    pace = round(manner.words_per_minute * float(rng.uniform(0.97, 1.03)))
    speech = talk_in_manner(plan, voice, replace(manner, words_per_minute=pace))
    question = Question(
        "SAR",
        "Which age group does the speaker belong to?",
        fixed_options("SAR"),
        answer,
        slices={"age": AGES[answer]},
    )
    return plan.rendering(question, speech.samples, speech.pieces, speech.words)
