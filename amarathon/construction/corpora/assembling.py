"""From a corpus's recordings to samples: which are joined, what is asked, what is left out."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from amarathon.audio import load_audio, probe_audio
from amarathon.construction.completion import complete
from amarathon.construction.corpora import CORPORA
from amarathon.construction.corpora.corpus import Corpus, CorpusQuestion, CorpusRecording
from amarathon.construction.corpora.narration import narrated
from amarathon.construction.finalisation import balanced
from amarathon.construction.leaks import shallow_check
from amarathon.construction.merging import Clip, Joint, join, levelled
from amarathon.construction.questions import balanced_indices, distractors, fixed_options, make_options
from amarathon.construction.rendering import Origin, Piece, Question, Rendering
from amarathon.construction.seeds import digest, fraction, shuffled
from amarathon.construction.sources import Selection, select
from amarathon.construction.tools import Built, Job, Progress, build
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
    recordings : tuple of CorpusRecording
        In the order heard.
    seconds : float
        Most that the sample lasts.
    question : CorpusQuestion or None
        Its question, where the task has options.
    """

    id: str
    corpus: str
    recordings: tuple[CorpusRecording, ...]
    seconds: float
    question: CorpusQuestion | None


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
    facts, dropped = _facts(corpus, samples, seed), [*short, *failed, *uneven]
    return complete(out, f"{name} ({corpus.task})", samples, dropped, facts, draw_seed=seed)


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


def batched(
    corpus: Corpus,
    found: Selection[CorpusRecording],
    seed: int,
    measured: Callable[[CorpusRecording], float] | None = None,
) -> tuple[list[Batch], list[Exclusion]]:
    """Decide which recordings become which sample; no recording is in two.

    Parameters
    ----------
    corpus : Corpus
    found : Selection
    seed : int
    measured : callable, optional
        Gives a recording's seconds or raises an `AmarathonError`; `seconds_of` by default.

    Returns
    -------
    batches : list of Batch
    dropped : list of Exclusion
        Unusable recordings, and those too short to make a sample together.
    """
    lengths: dict[str, float] = {}

    def measure(recording: CorpusRecording) -> None:
        lengths[recording.name] = (measured or seconds_of)(recording)

    usable = select(found.kept, lambda recording: recording.name, measure)
    dropped = [*found.dropped, *usable.dropped]
    together: dict[tuple[str, ...], list[CorpusRecording]] = defaultdict(list)
    for recording in usable.kept:
        together[corpus.together(recording)].append(recording)
    drafts: list[tuple[str, tuple[CorpusRecording, ...], float]] = []
    for key, recordings in sorted(together.items()):
        names = {recording.name: recording for recording in recordings}
        order = sorted(names) if corpus.ordered else shuffled(list(names), seed, corpus.name, key)
        for number, (taken, seconds) in enumerate(_filled(corpus, order, lengths, seed)):
            identity = f"{corpus.name}-{digest(seed, key, number).hex()[:12]}"
            if seconds < corpus.seconds[0]:
                reason = f"What there is of its kind lasts {seconds:.0f} s, too short for a sample."
                dropped += [Exclusion(name, reason) for name in taken]
            else:
                drafts.append((identity, tuple(names[name] for name in taken), seconds))
    return list(_batches(corpus, drafts, seed)), dropped


def seconds_of(recording: CorpusRecording) -> float:
    """How long a recording is, by its header, or will be, where it is a text that is read aloud.

    Raises
    ------
    AudioError
    """
    if recording.questions:
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


def _batches(
    corpus: Corpus, drafts: Sequence[tuple[str, tuple[CorpusRecording, ...], float]], seed: int
) -> Iterator[Batch]:
    positions = balanced_indices((name for name, _, _ in drafts), _WRONG + 1, seed)
    family = {label for _, recordings, _ in drafts for recording in recordings for label in recording.labels}
    for name, recordings, seconds in drafts:
        if recordings[0].questions:
            for number, question in enumerate(recordings[0].questions):
                yield Batch(f"{name}-{number}", corpus.name, recordings, seconds, question)
        elif corpus.task == "ASR":
            yield Batch(name, corpus.name, recordings, seconds, None)
        elif TASKS[corpus.task].fixed_order:
            options = tuple(option.text for option in fixed_options(corpus.task))
            answer = list(TASKS[corpus.task].labels).index(recordings[0].labels[0])
            yield Batch(name, corpus.name, recordings, seconds, CorpusQuestion("", options, answer))
        else:
            present = {label for recording in recordings for label in recording.labels}
            if not present:
                continue
            right = recordings[0].labels[0] if recordings[0].labels else sorted(present)[0]
            others = set(TASKS[corpus.task].labels or family) - present
            wrong = distractors(right, others, _WRONG, seed, name)
            options_, answer = make_options(corpus.task, right, wrong, positions[name])
            texts = tuple(option.text for option in options_)
            question = CorpusQuestion(TASKS[corpus.task].question, texts, answer)
            yield Batch(name, corpus.name, recordings, seconds, question)


def render(batch: Batch, seed: int) -> Rendering:
    """Make one sample of a corpus."""
    corpus = CORPORA[batch.corpus]
    samples, pieces = _sound(corpus, batch, seed)
    licence = corpus.licence
    question = _question(corpus, batch)
    return Rendering(batch.id, "test", question, samples, pieces, licence)


def _sound(corpus: Corpus, batch: Batch, seed: int) -> tuple[Any, tuple[Piece, ...]]:
    if batch.recordings[0].questions:
        passage = batch.recordings[0]
        samples, voice = narrated(passage.text, passage.name, seed)
        origin = Origin(passage.name, corpus.licence, f"{corpus.author}; read by {voice}", passage.group)
        return levelled(samples), (Piece(origin, 0.0, len(samples) / 16_000, what=passage.text),)
    clips = [
        Clip(
            load_audio(recording.path).samples,
            Origin(recording.name, corpus.licence, corpus.author, recording.group),
            recording.text or ", ".join(recording.labels),
        )
        for recording in batch.recordings
    ]
    return join(clips, batch.seconds, Joint(corpus.gap_s, corpus.crossfade_s)).finished()


def _question(corpus: Corpus, batch: Batch) -> Question:
    if batch.question is None:
        return Question(corpus.task, reference=" ".join(recording.text for recording in batch.recordings))
    question = batch.question
    if TASKS[corpus.task].fixed_order:
        return Question(corpus.task, question.question, fixed_options(corpus.task), question.answer)
    wrong = [text for index, text in enumerate(question.options) if index != question.answer]
    options, answer = make_options(corpus.task, question.options[question.answer], wrong, question.answer)
    return Question(corpus.task, question.question, options, answer)
