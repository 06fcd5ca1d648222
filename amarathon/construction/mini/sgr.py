"""SGR: is the speaker a man or a woman?"""

from amarathon.construction.mini.plan import Plan
from amarathon.construction.mini.talk import talk
from amarathon.construction.mini.vocabulary import DICTATION, any_sentence
from amarathon.construction.mini.voices import GENDERS, draw_voice
from amarathon.construction.questions import fixed_options
from amarathon.construction.rendering import Question, Rendering
from amarathon.construction.synthesis import Utterance


def prepare() -> None:
    """Nothing is fetched."""


def render(plan: Plan) -> Rendering:
    """Make one sample."""
    answer = plan.balanced_index(len(GENDERS), "answer")
    rng = plan.random("voice")
    voice = draw_voice(plan.split, GENDERS[answer], rng)
    pace, words = int(rng.integers(140, 185)), plan.random("sentences")
    speech = talk(
        voice,
        iter(lambda: Utterance(any_sentence(DICTATION, plan.split, words), pace), None),
        plan.seconds,
        plan.random_at_length("timing"),
    )
    question = Question(
        "SGR", options=fixed_options("SGR"), answer=answer, slices={"gender": GENDERS[answer]}
    )
    return plan.rendering(question, speech.samples, speech.pieces, speech.words)
