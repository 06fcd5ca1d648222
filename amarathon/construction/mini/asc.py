"""ASC: an urban scene, composed by rule; which of four is it?"""

from amarathon.construction.merging import Clip, Joint, join
from amarathon.construction.mini.plan import Plan
from amarathon.construction.mini.scenes import SCENES, composed
from amarathon.construction.questions import distractors, make_options
from amarathon.construction.rendering import Origin, Question, Rendering
from amarathon.construction.seeds import generator
from amarathon.datasets.licences import OWN

LABELS = tuple(SCENES)
_SPAN_S = 60.0
_CROSSFADE_S = 1.0


def prepare() -> None:
    """Nothing is fetched."""


def render(plan: Plan) -> Rendering:
    """Make one sample: spans of one scene, each composed anew, cross-faded as TAU's segments are."""
    scene = LABELS[plan.balanced_index(len(LABELS), "scene")]
    wrong = distractors(scene, LABELS, 3, plan.seed, plan.id)
    options, answer = make_options(
        "ASC", _shown(scene), [_shown(other) for other in wrong], plan.balanced_index(4, "answer")
    )
    line = join(_spans(plan, scene), plan.seconds, Joint(crossfade_s=_CROSSFADE_S))
    samples, pieces = line.finished()
    question = Question("ASC", "Where was this recorded?", options, answer, slices={"scene": scene})
    return plan.rendering(question, samples, pieces)


def _shown(scene: str) -> str:
    return scene.replace("_", " ").capitalize()


def _spans(plan: Plan, scene: str):  # type: ignore[no-untyped-def]
    number = 0
    length = min(_SPAN_S, plan.seconds + 1.0)
    while True:
        name = f"{plan.split}/{plan.seed}/{plan.index}/{number}"
        rng = generator("scene", plan.seed, plan.id, number)
        origin = Origin(f"made/{scene}/{name}", OWN, "made by this project (voices by espeak-ng)")
        yield Clip(composed(scene, length, plan.split, rng), origin, scene)
        number += 1
