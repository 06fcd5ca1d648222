"""SCR: four people, four things, stated again and again; which belongs to whom?

All four options are heard in the passage, so spotting one of them does not answer the question.
"""

from collections.abc import Iterator, Mapping

from amarathon.construction.mini.plan import Plan
from amarathon.construction.mini.talk import talk
from amarathon.construction.mini.vocabulary import CLASSES, FACTS, FILLERS, QUESTIONS, any_sentence
from amarathon.construction.mini.voices import GENDERS, draw_voice
from amarathon.construction.questions import make_options
from amarathon.construction.rendering import Question, Rendering
from amarathon.construction.seeds import sampled
from amarathon.construction.synthesis import Utterance

KINDS = tuple(FACTS)
_FACTS = 4


def prepare() -> None:
    """Nothing is fetched."""


def render(plan: Plan) -> Rendering:
    """Make one sample."""
    rng = plan.random("question")
    kind = KINDS[plan.balanced_index(len(KINDS), "kind")]
    backwards = plan.balanced_index(2, "direction") == 1
    people = sampled(rng, CLASSES["person"], _FACTS)
    things = sampled(rng, CLASSES[kind], _FACTS)
    facts = dict(zip(people, things, strict=True))
    subject = people[0]
    right, others = (subject, people[1:]) if backwards else (facts[subject], things[1:])
    options, answer = make_options("SCR", right, others, plan.balanced_index(4, "answer"))
    text = QUESTIONS[kind][backwards].format(**{"person": subject, kind: facts[subject]})
    voice = draw_voice(plan.split, GENDERS[plan.balanced_index(2, "gender")], rng)
    pace = int(rng.integers(145, 175))
    speech = talk(
        voice,
        (Utterance(text, pace) for text in _passage(plan, kind, facts)),
        plan.seconds,
        plan.random_at_length("timing"),
    )
    slices = {"kind": kind, "direction": "who" if backwards else "what"}
    return plan.rendering(
        Question("SCR", text, options, answer, slices=slices), speech.samples, speech.pieces, speech.words
    )


def _passage(plan: Plan, kind: str, facts: Mapping[str, str]) -> Iterator[str]:
    """Every fact once a round, in a new order and wording, with a filler after every second."""
    rng = plan.random("sentences")
    fillers = [text for text in FILLERS if f"{{{kind}}}" not in text]
    while True:
        for number, person in enumerate(sampled(rng, list(facts), len(facts))):
            yield any_sentence(FACTS[kind], plan.split, rng, {"person": person, kind: facts[person]})
            if number % 2:
                yield any_sentence(fillers, plan.split, rng)
