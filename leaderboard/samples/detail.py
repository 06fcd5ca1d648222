"""One sample: what is asked, and what each model answered; right answers only where they are asked for."""

from collections.abc import Sequence
from functools import lru_cache

from amarathon.metrics.transcripts import align_words, count_word_errors, spoken_content, whisper_normalise
from amarathon.runs.records import Prediction
from amarathon.tasks import EVERY_TASK
from leaderboard.measured import steps_of
from leaderboard.samples.collection import Collection, Entry
from leaderboard.samples.filters import Wanted, is_held
from leaderboard.samples.question import Question
from leaderboard.samples.records import GivenAnswer, Gold, RunAnswers, SampleDetail, Sound, Words
from leaderboard.samples.run_index import RunIndex, SampleAnswers
from leaderboard.texts import short

HELD_BACK = (
    "A study asks people about this recording or this question now. What is right, and what models and "
    "people answered, is shown once the study is closed."
)
# Characters: more than is said in five minutes; a reply that goes on and on fills no page.
LONGEST_REPLY = 20_000


def describe(
    collection: Collection, entry: Entry, held: frozenset[str], wanted: Wanted, *, gold: bool
) -> SampleDetail:
    """A sample as it may be shown now.

    Raises
    ------
    RunError
        A run's answers cannot be read any more.
    """
    question, hidden = entry.question, is_held(entry, held)
    gold = gold and not hidden
    found = [other.id for other in wanted.find(collection, held)]
    place = found.index(entry.id) if entry.id in found else None
    group = next(group for group in collection.groups if group.sha256 == entry.dataset)
    return SampleDetail(
        id=entry.id,
        dataset=group.key,
        dataset_name=group.name,
        task=question.task,
        task_name=EVERY_TASK[question.task].name,
        question=question.question,
        options=list(question.options),
        duration_s=question.duration_s,
        sound=_of_secret(entry.sound) if hidden else entry.sound,
        held_back=HELD_BACK if hidden else None,
        gold=_gold(question) if gold else None,
        runs=[] if hidden else [_run(run, answers, gold) for run, answers in entry.answers],
        left_out=0 if hidden else entry.left_out,
        previous=found[place - 1] if place else None,
        next=found[place + 1] if place is not None and place + 1 < len(found) else None,
        position=None if place is None else place + 1,
        total=len(found),
    )


def _of_secret(sound: Sound) -> Sound:
    """Whether it can be played, without whose it is."""
    return sound.model_copy(update={"licence": None, "author": None, "source": None})


def _gold(question: Question) -> Gold:
    return Gold(
        name=question.sample_id,
        answer=question.answer,
        reference=question.reference,
        slices=dict(question.slices),
    )


def _run(run: RunIndex, answers: SampleAnswers, gold: bool) -> RunAnswers:
    header = run.header
    return RunAnswers(
        folder=short(run.name),
        model=short(header.model.name),
        kind="human" if run.is_human else "model",
        notice=short(header.model.notice) if header.model.notice else None,
        answers=[_answer(record, gold) for record in run.read(answers)],
    )


def _answer(record: Prediction, gold: bool) -> GivenAnswer:
    reply = record.reply[:LONGEST_REPLY]
    answer = GivenAnswer(
        configuration=record.configuration,
        title=" + ".join(step.title for step in steps_of(record.configuration)) or "Vanilla",
        reply=reply,
        cut=len(reply) < len(record.reply),
        answer_read=record.answer_read,
        error=short(record.error) if record.error else None,
        audio_tokens=record.audio_tokens,
        kept_tokens=record.kept_tokens,
    )
    if not gold or record.error is not None:
        return answer
    if record.reference is None or not EVERY_TASK[record.task].is_transcription:
        return answer.model_copy(update={"correct": record.correct})
    rate, words = _compared(record.reference, reply)
    return answer.model_copy(update={"word_error_rate": rate, "words": list(words)})


@lru_cache(maxsize=512)
def _compared(reference: str, reply: str) -> tuple[float | None, Sequence[Words]]:
    """The word error rate by the strict protocol, and the words that it counts."""
    right, said = whisper_normalise(reference), whisper_normalise(spoken_content(reply))
    errors = count_word_errors(right, said)
    words = [
        Words(kind=edit.kind, reference=edit.reference, hypothesis=edit.hypothesis)  # type: ignore[arg-type]
        for edit in align_words(right, said)
    ]
    return errors.edits / errors.reference_words if errors.reference_words else None, tuple(words)
