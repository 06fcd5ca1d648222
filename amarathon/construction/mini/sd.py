"""SD: recorded prompts, all of them real or half of them with a machine's voice.

Both sides are the same speaker's prompts, the same number of them, joined by the same pauses and
passed through the same band; splices lie in silence. A prompt package has one speaker, so each
package serves one split: English for the test, Russian for validation, French and Italian for
training.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

import numpy as np

from amarathon.construction.merging import Clip, Timeline, rms
from amarathon.construction.mini.dictation import load_prompt, prompt_files
from amarathon.construction.mini.noise import band
from amarathon.construction.mini.plan import Plan
from amarathon.construction.mini.robot import KINDS, faked
from amarathon.construction.mini.talk import room_tone
from amarathon.construction.questions import fixed_options
from amarathon.construction.rendering import Question, Rendering
from amarathon.construction.seeds import shuffled
from amarathon.construction.sources import Selection, select
from amarathon.packages.declared import PROMPTS_EN, PROMPTS_FR, PROMPTS_IT, PROMPTS_RU, DebianPackage

PACKAGES: Mapping[str, tuple[DebianPackage, ...]] = {
    "train": (PROMPTS_FR, PROMPTS_IT),
    "validation": (PROMPTS_RU,),
    "test": (PROMPTS_EN,),
}
# Single words and sounds that are no speech are left out: a voice has to be heard to be judged.
_SHORTEST_S, _LONGEST_S = 1.2, 20.0
_NOT_SPEECH = (
    "silence/",
    "beep",
    "ascending",
    "descending",
    "tt-monkeys",
    "confbridge-join",
    "confbridge-leave",
)
_BAND_HZ = (60, 6800)
_FAKE_SHARE = 0.5


def prepare() -> None:
    """Fetch the recorded prompts."""
    for packages in PACKAGES.values():
        for package in packages:
            speech(package)


@cache
def speech(package: DebianPackage) -> tuple[Clip, ...]:
    """The prompts of a package that can be used."""
    return selected_speech(package).kept


def selected_speech(package: DebianPackage) -> Selection[Clip]:
    """The prompts of a package; broken ones are dropped by name, short ones silently."""
    loaded: dict[str, Clip] = {}

    def load(item: tuple[str, object]) -> None:
        name = item[0]
        loaded[name] = load_prompt(package, name, files[name])

    files = {name: path for name, path in prompt_files(package).items() if not name.startswith(_NOT_SPEECH)}
    usable = select(files.items(), lambda item: item[0], load)
    clips = [loaded[name] for name, _ in usable.kept]
    return Selection(
        tuple(clip for clip in clips if _SHORTEST_S <= clip.duration_s <= _LONGEST_S), usable.dropped
    )


def render(plan: Plan) -> Rendering:
    """Make one sample; real and fake differ in the voice of some prompts and in nothing else."""
    fake = plan.balanced_index(2, "answer") == 1
    packages = PACKAGES[plan.split]
    clips = speech(packages[plan.balanced_index(len(packages), "speaker")])
    timing = plan.random_at_length("timing")
    voice = plan.random("voice")
    kind = KINDS[int(voice.integers(len(KINDS)))]
    line = Timeline(plan.seconds)
    placed = _spread(clips, plan, timing)
    machines = _machines(len(placed), voice) if fake else set[int]()
    for number, (onset, clip) in enumerate(placed):
        machine = number in machines
        sound = faked(clip.samples, kind, voice) if machine else clip.samples
        line.add(Clip(sound, clip.origin, f"{clip.what} ({kind})" if machine else clip.what), onset)
    # Both sides pass the same band after everything else: no vocoder or codec leaves an edge of its own.
    line.samples = band(line.samples, *_BAND_HZ, order=6)
    line.samples += room_tone(len(line.samples), rms(line.samples), timing)
    samples, pieces = line.finished()
    label = "fake" if fake else "real"
    slices = {"category": label, "language": clips[0].origin.source.split("-")[3]}
    question = Question(
        "SD",
        "Is this speech real, or does it contain fake parts?",
        fixed_options("SD"),
        int(fake),
        slices=slices,
    )
    return plan.rendering(question, samples, pieces)


def _spread(clips: Sequence[Clip], plan: Plan, timing: np.random.Generator) -> list[tuple[float, Clip]]:
    """Prompts with their onsets, until none fits into what is left."""
    placed: list[tuple[float, Clip]] = []
    onset, misses = float(timing.uniform(0.2, 0.6)), 0
    for clip in _endless(clips, plan):
        room_s = plan.seconds - 0.1 - onset
        if room_s < _SHORTEST_S or misses > len(clips):
            break
        if clip.duration_s > room_s:
            misses += 1
            continue
        placed.append((onset, clip))
        onset += clip.duration_s + float(timing.uniform(0.25, 0.7))
    return placed


def _machines(count: int, rng: np.random.Generator) -> set[int]:
    """Which prompts have a machine's voice: half of them, anywhere, and at least one."""
    return set(rng.permutation(count)[: max(1, round(_FAKE_SHARE * count))].tolist())


def _endless(clips: Sequence[Clip], plan: Plan) -> Iterator[Clip]:
    """All prompts in an order of the sample's own, again and again."""
    names = {clip.origin.source: clip for clip in clips}
    turn = 0
    while True:
        for name in shuffled(list(names), plan.seed, plan.id, turn):
            yield names[name]
        turn += 1
