"""From a corpus's recordings to samples: which are joined, what is asked, what is left out."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from amarathon.audio import load_audio, probe_audio
from amarathon.construction.card import write_card
from amarathon.construction.corpora import CORPORA
from amarathon.construction.corpora.corpus import Asked, Corpus, Recording
from amarathon.construction.corpora.narration import narrated
from amarathon.construction.finalisation import balanced, clear_work, finalise, read_report, to_sample
from amarathon.construction.leaks import shallow_check
from amarathon.construction.merging import Clip, Joint, join, levelled
from amarathon.construction.questions import balanced_places, distractors, fixed_options, make_options
from amarathon.construction.rendering import Origin, Piece, Question, Rendering
from amarathon.construction.seeds import digest, fraction, shuffled
from amarathon.construction.sources import Selection, select
from amarathon.construction.tools import Built, Job, Progress, build
from amarathon.construction.verification import draw, hand_over
from amarathon.errors import DatasetError
from amarathon.tasks import TASKS
from amarathon.tasks.sample import Exclusion

_WRONG = 3
_FEWEST_CHECKED = 200


@dataclass(frozen=True)
class Batch:
    """Recordings that become one sample.

    Attributes
    ----------
    id : str
    corpus : str
    recordings : tuple of Recording
        In the order heard.
    seconds : float
        Most that the sample lasts.
    asked : Asked or None
        Its question, where the task has options.
    """

    id: str
    corpus: str
    recordings: tuple[Recording, ...]
    seconds: float
    asked: Asked | None


def build_corpus(
    name: str,
    source: Path,
    out: Path,
    *,
    seed: int = 0,
    workers: int = 2,
    audio_format: str = "flac",
    progress: Progress = lambda done, total, name: None,
) -> dict[str, Any]:
    """Build a task from a corpus.

    Parameters
    ----------
    name : str
        One of `CORPORA`.
    source, out : Path
        The corpus in its official layout, and the dataset's folder.
    seed, workers, audio_format, progress
        As for `amarathon.construction.tools.build`.

    Returns
    -------
    dict
        The report.

    Raises
    ------
    DatasetError
        There is no such corpus, or what it must have is missing.
    """
    if name not in CORPORA:
        raise DatasetError(f"There is no corpus {name}; there are {', '.join(CORPORA)}.")
    corpus = CORPORA[name]
    found = corpus.read(source)
    batches, short = batched(corpus, found, seed)
    jobs = [Job(batch.id, render, (batch, seed)) for batch in batches]
    samples, failed = build(jobs, out, workers=workers, audio_format=audio_format, progress=progress)
    uneven: list[Exclusion] = []
    if TASKS[corpus.task].fixed_order and len(TASKS[corpus.task].labels) == 2:
        samples, uneven = balanced(samples, seed)
    finalise(
        out, f"{name} ({corpus.task})", samples, [*short, *failed, *uneven], _facts(corpus, samples, seed)
    )
    hand_over(out, draw([to_sample(each, out) for each in samples], seed))
    write_card(out)
    clear_work(out)
    return read_report(out)


def _facts(corpus: Corpus, samples: Sequence[Built], seed: int) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "seed": seed,
        "command": f"amarathon build corpus {corpus.name}",
        "summary": f"Built from {corpus.author}.",
    }
    if len(samples) >= _FEWEST_CHECKED and samples[0].question["answer"] is not None:
        check = shallow_check(samples)
        facts["leak_checks"] = {corpus.task: {**vars(check), "passed": check.passed}}
    return facts


def batched(corpus: Corpus, found: Selection[Recording], seed: int) -> tuple[list[Batch], list[Exclusion]]:
    """Decide which recordings become which sample; no recording is in two.

    Returns
    -------
    batches : list of Batch
    dropped : list of Exclusion
        Unusable recordings, and those too short to make a sample together.
    """
    lengths: dict[str, float] = {}

    def measure(recording: Recording) -> None:
        lengths[recording.name] = _seconds(recording)

    usable = select(found.kept, lambda each: each.name, measure)
    dropped = [*found.dropped, *usable.dropped]
    together: dict[tuple[str, ...], list[Recording]] = defaultdict(list)
    for each in usable.kept:
        together[corpus.together(each)].append(each)
    drafts: list[tuple[str, tuple[Recording, ...], float]] = []
    for key, recordings in sorted(together.items()):
        names = {each.name: each for each in recordings}
        order = sorted(names) if corpus.ordered else shuffled(list(names), seed, corpus.name, key)
        for number, (taken, seconds) in enumerate(_filled(corpus, order, lengths, seed)):
            identity = f"{corpus.name}-{digest(seed, key, number).hex()[:12]}"
            if seconds < corpus.seconds[0]:
                reason = f"What there is of its kind lasts {seconds:.0f} s, too short for a sample."
                dropped += [Exclusion(name, reason) for name in taken]
            else:
                drafts.append((identity, tuple(names[name] for name in taken), seconds))
    return list(_asked(corpus, drafts, seed)), dropped


def _seconds(recording: Recording) -> float:
    if recording.asked:
        # Read aloud at about 165 words a minute.
        return len(recording.text.split()) * 60 / 165
    return float(probe_audio(recording.path).duration_s or 0)


def _filled(
    corpus: Corpus, order: Sequence[str], lengths: dict[str, float], seed: int
) -> Iterator[tuple[list[str], float]]:
    """Take recordings until the drawn length is reached; what is over begins the next sample."""
    shortest, longest = corpus.seconds
    taken: list[str] = []
    total = 0.0
    target = shortest + (longest - shortest) * fraction(seed, order[0], "seconds")
    for name in order:
        step = lengths[name] + (corpus.gap_s if taken else 0) - (corpus.crossfade_s if taken else 0)
        # A transcript is of whole utterances, and a passage is never cut.
        if taken and total + step > longest and TASKS[corpus.task].metric == "war":
            yield taken, total
            taken, total, step = [], 0.0, lengths[name]
        taken.append(name)
        total += step
        if total >= target:
            yield taken, min(total, longest)
            taken, total = [], 0.0
    if taken:
        yield taken, min(total, longest)


def _asked(
    corpus: Corpus, drafts: Sequence[tuple[str, tuple[Recording, ...], float]], seed: int
) -> Iterator[Batch]:
    places = balanced_places((name for name, _, _ in drafts), _WRONG + 1, seed)
    family = {label for _, recordings, _ in drafts for each in recordings for label in each.labels}
    for name, recordings, seconds in drafts:
        own = recordings[0].asked
        if own:
            for number, asked in enumerate(own):
                yield Batch(f"{name}-{number}", corpus.name, recordings, seconds, asked)
        elif corpus.task == "ASR":
            yield Batch(name, corpus.name, recordings, seconds, None)
        elif TASKS[corpus.task].fixed_order:
            options = tuple(option.text for option in fixed_options(corpus.task))
            answer = list(TASKS[corpus.task].labels).index(recordings[0].labels[0])
            yield Batch(name, corpus.name, recordings, seconds, Asked("", options, answer))
        else:
            heard = {label for each in recordings for label in each.labels}
            if not heard:
                continue
            right = recordings[0].labels[0] if recordings[0].labels else sorted(heard)[0]
            others = set(TASKS[corpus.task].labels or family) - heard
            wrong = distractors(right, others, _WRONG, seed, name)
            options_, answer = make_options(corpus.task, right, wrong, places[name])
            asked = Asked(TASKS[corpus.task].question, tuple(each.text for each in options_), answer)
            yield Batch(name, corpus.name, recordings, seconds, asked)


def render(batch: Batch, seed: int) -> Rendering:
    """Make one sample of a corpus."""
    corpus = CORPORA[batch.corpus]
    samples, pieces = _sound(corpus, batch, seed)
    licence = corpus.licence
    question = _question(corpus, batch)
    return Rendering(batch.id, "test", question, samples, pieces, licence)


def _sound(corpus: Corpus, batch: Batch, seed: int) -> tuple[Any, tuple[Piece, ...]]:
    if batch.recordings[0].asked:
        passage = batch.recordings[0]
        samples, voice = narrated(passage.text, passage.name, seed)
        origin = Origin(passage.name, corpus.licence, f"{corpus.author}; read by {voice}", passage.group)
        return levelled(samples), (Piece(origin, 0.0, len(samples) / 16_000, what=passage.text),)
    clips = [
        Clip(
            load_audio(each.path).samples,
            Origin(each.name, corpus.licence, corpus.author, each.group),
            each.text or ", ".join(each.labels),
        )
        for each in batch.recordings
    ]
    return join(clips, batch.seconds, Joint(corpus.gap_s, corpus.crossfade_s)).finished()


def _question(corpus: Corpus, batch: Batch) -> Question:
    if batch.asked is None:
        return Question(corpus.task, reference=" ".join(each.text for each in batch.recordings))
    asked = batch.asked
    if TASKS[corpus.task].fixed_order:
        return Question(corpus.task, asked.question, fixed_options(corpus.task), asked.answer)
    wrong = [text for place, text in enumerate(asked.options) if place != asked.answer]
    options, answer = make_options(corpus.task, asked.options[asked.answer], wrong, asked.answer)
    return Question(corpus.task, asked.question, options, answer)
