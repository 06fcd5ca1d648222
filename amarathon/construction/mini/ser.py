"""SER: which person, city, month or day is named between sentences that name none."""

from collections.abc import Iterator

from amarathon.construction.mini.plan import Plan
from amarathon.construction.mini.talk import talk
from amarathon.construction.mini.vocabulary import CLASSES, FILLERS, MENTIONS, any_sentence
from amarathon.construction.mini.voices import GENDERS, draw_voice
from amarathon.construction.questions import distractors, make_options
from amarathon.construction.rendering import Question, Rendering
from amarathon.construction.seeds import chosen
from amarathon.construction.synthesis import Utterance

KINDS = tuple(MENTIONS)
# One sentence in so many names the entity.
_MENTION_EVERY = 4


def prepare() -> None:
    """Nothing is fetched."""


def render(plan: Plan) -> Rendering:
    """Make one sample."""
    rng = plan.random("question")
    kind = KINDS[plan.balanced_index(len(KINDS), "kind")]
    right = chosen(rng, CLASSES[kind])
    wrong = distractors(right, CLASSES[kind], 3, plan.seed, plan.id)
    options, answer = make_options("SER", right, wrong, plan.balanced_index(4, "answer"))
    voice = draw_voice(plan.split, GENDERS[plan.balanced_index(2, "gender")], rng)
    pace = int(rng.integers(145, 175))
    speech = talk(
        voice,
        (Utterance(text, pace) for text in _passage(plan, kind, right)),
        plan.seconds,
        plan.random_at_length("timing"),
    )
    mentions = sum(right in text for text in speech.sentences)
    question = Question(
        "SER",
        f"Which {kind} is named in the recording?",
        options,
        answer,
        slices={"kind": kind, "mentions": str(mentions)},
    )
    return plan.rendering(question, speech.samples, speech.pieces, speech.words)


def _passage(plan: Plan, kind: str, right: str) -> Iterator[str]:
    rng = plan.random("sentences")
    while True:
        mention = int(rng.integers(_MENTION_EVERY))
        for number in range(_MENTION_EVERY):
            if number == mention:
                yield any_sentence(MENTIONS[kind], plan.split, rng, {kind: right})
            else:
                yield any_sentence(FILLERS, plan.split, rng)
