"""MC: clips of one genre one after another, as GTZAN's were joined; which genre is it?"""

from collections.abc import Iterator

from amarathon.construction.merging import Clip, Joint, join
from amarathon.construction.mini.genres import GENRES, STYLES
from amarathon.construction.mini.music import TAKES, take
from amarathon.construction.mini.plan import Plan
from amarathon.construction.questions import distractors, make_options
from amarathon.construction.rendering import Question, Rendering
from amarathon.construction.seeds import chosen
from amarathon.packages.declared import MMA, SOUNDFONT
from amarathon.packages.fetching import unpacked

_CROSSFADE_S = 0.5
_SHORTEST_CLIP_S, _LONGEST_CLIP_S = 8.0, 22.0
# Of training clips, in which a genre's band plays the grooves of any genre: what all splits share is the
# band. With its own few grooves alone a model knew each of them by heart and half of the validation's.
_BORROWED_SHARE = 0.5


def prepare() -> None:
    """Fetch the grooves and the SoundFont."""
    unpacked(MMA)
    unpacked(SOUNDFONT)


def render(plan: Plan) -> Rendering:
    """Make one sample."""
    genre = GENRES[plan.balanced_index(len(GENRES), "genre")]
    wrong = distractors(genre, GENRES, 3, plan.seed, plan.id)
    options, answer = make_options("MC", genre, wrong, plan.balanced_index(4, "answer"))
    line = join(_clips(plan, genre), plan.seconds, Joint(crossfade_s=_CROSSFADE_S))
    samples, pieces = line.finished()
    question = Question("MC", "Which genre is this music?", options, answer, slices={"genre": genre})
    return plan.rendering(question, samples, pieces)


def _clips(plan: Plan, genre: str) -> Iterator[Clip]:
    rng = plan.random("clips")
    own = STYLES[genre].grooves[plan.split]
    while True:
        grooves = own
        if plan.split == "train" and rng.random() < _BORROWED_SHARE:
            grooves = _all_grooves(plan.split)
        file = chosen(rng, tuple(grooves))
        whole = take(genre, file, grooves[file], int(rng.integers(TAKES[plan.split])))
        length_s = float(rng.uniform(_SHORTEST_CLIP_S, min(_LONGEST_CLIP_S, whole.duration_s)))
        start_s = float(rng.uniform(0, whole.duration_s - length_s))
        span = slice(round(start_s * 16000), round((start_s + length_s) * 16000))
        yield Clip(whole.samples[span], whole.origin, genre, round(start_s, 4))


def _all_grooves(split: str) -> dict[str, tuple[str, ...]]:
    return {file: names for style in STYLES.values() for file, names in style.grooves[split].items()}
