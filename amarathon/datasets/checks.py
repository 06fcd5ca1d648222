"""What every sample must be, whichever reader it comes from."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from amarathon.datasets.options import text_key
from amarathon.errors import DatasetError
from amarathon.tasks import Task
from amarathon.tasks.sample import Exclusion, Option, Sample


def check_sample(sample: Sample, task: Task) -> None:
    """Check that a sample can be presented and scored.

    Raises
    ------
    DatasetError
        With what is wrong, as one sentence.
    """
    _check_unicode(sample)
    if not task.is_multiple_choice:
        if not (sample.reference or "").strip():
            raise DatasetError("It has no reference transcript.")
        return
    check_options(sample.options, task)
    if sample.answer is None:
        raise DatasetError("It does not say which option is right.")
    if not 0 <= sample.answer < len(sample.options):
        raise DatasetError(f"Its answer {sample.answer} is the index of no option.")


def check_options(options: Sequence[Option], task: Task) -> None:
    """Check that options can be shown under a task's letters and differ from each other.

    Raises
    ------
    DatasetError
        With what is wrong, as one sentence.
    """
    if not 2 <= len(options) <= len(task.letters):
        raise DatasetError(f"It has {len(options)} options, and {task.code} takes 2 to {len(task.letters)}.")
    if any(not option.text.strip() for option in options):
        raise DatasetError("One of its options is empty.")
    repeated = [
        text for text, count in Counter(text_key(option.text) for option in options).items() if count > 1
    ]
    if repeated:
        raise DatasetError(f"Two of its options are the same: {repeated[0]!r}.")
    if task.fixed_order and tuple(option.label for option in options) != task.labels:
        order = ", ".join(task.labels)
        raise DatasetError(f"Its options are not in the order that the prompt of {task.code} fixes: {order}.")


def _check_unicode(sample: Sample) -> None:
    texts = [sample.id, sample.question, sample.reference or "", *sample.slices, *sample.slices.values()]
    texts += [sample.audio.name, *sample.audio.sources]
    texts += [part for option in sample.options for part in (option.text, option.label)]
    try:
        "".join(texts).encode("utf-8")
    except UnicodeEncodeError:
        # JSON can spell half of a surrogate pair; no file could ever hold it.
        raise DatasetError("Its text is not valid Unicode.") from None


def drop_repeats(samples: Iterable[Sample]) -> tuple[list[Sample], list[Exclusion]]:
    """Keep one of equal records; leave out all records that share an id and differ."""
    by_id: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        by_id[sample.id].append(sample)
    kept, excluded = [], []
    for name, group in by_id.items():
        if all(sample == group[0] for sample in group):
            kept.append(group[0])
            excluded += [Exclusion(name, "It is listed more than once; one record is kept.")] * (
                len(group) - 1
            )
        else:
            excluded += [Exclusion(name, "Different records share this id; none is kept.")] * len(group)
    return kept, excluded
