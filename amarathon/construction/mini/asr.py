"""ASR: dictation in a small vocabulary by voices not heard in training, and recorded prompts in the test.

The one real speaker (Allison Smith) can serve one split only, and serves the test.
"""

from amarathon.construction.mini.dictation import recorded_sentences
from amarathon.construction.mini.plan import Plan
from amarathon.construction.mini.talk import talk
from amarathon.construction.mini.vocabulary import DICTATION, any_sentence
from amarathon.construction.mini.voices import GENDERS, draw_voice
from amarathon.construction.rendering import Question, Rendering
from amarathon.construction.synthesis import Utterance

# Of the test's samples; the others are synthetic.
RECORDED_EVERY = 6


def prepare() -> None:
    """Fetch the recorded prompts."""
    from amarathon.construction.mini.dictation import prompts

    prompts()


def render(plan: Plan) -> Rendering:
    """Make one sample; its transcript is what fits into its length."""
    if plan.split == "test" and plan.index % RECORDED_EVERY == RECORDED_EVERY - 1:
        return _recorded(plan)
    rng = plan.random("voice")
    voice = draw_voice(plan.split, GENDERS[plan.balanced_index(len(GENDERS), "gender")], rng)
    pace = int(rng.integers(130, 156))
    words = plan.random("sentences")
    speech = talk(
        voice,
        iter(lambda: Utterance(any_sentence(DICTATION, plan.split, words), pace), None),
        plan.seconds,
        plan.random_at_length("timing"),
    )
    question = Question("ASR", reference=" ".join(speech.sentences), slices={"speech": "synthetic"})
    return plan.rendering(question, speech.samples, speech.pieces, speech.words)


def _recorded(plan: Plan) -> Rendering:
    samples, pieces, text = recorded_sentences(plan)
    return plan.rendering(Question("ASR", reference=text, slices={"speech": "recorded"}), samples, pieces)
