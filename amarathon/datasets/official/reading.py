"""From the drafts of a set's reader to samples: paths made safe, gold answers found, records checked."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from amarathon.datasets.checks import check_sample
from amarathon.datasets.metadata import read_records
from amarathon.datasets.official.layout import Draft, OfficialSet, Record
from amarathon.datasets.options import find_answer, make_option, text_key
from amarathon.datasets.paths import PathResolver, relative_name
from amarathon.errors import DatasetError
from amarathon.tasks import TASKS
from amarathon.tasks.sample import Exclusion, Sample, SampleAudio


def is_present(root: Path, official_set: OfficialSet) -> bool:
    """Whether the folder of one task's set is there."""
    return (root / official_set.folder).is_dir()


def read_set(root: Path, official_set: OfficialSet) -> Iterator[Sample | Exclusion]:
    """Read one task's set; what cannot be a sample comes out as an `Exclusion`.

    Raises
    ------
    DatasetError
        If its metadata file is not JSON.
    """
    questions_by_path: dict[str, dict[str, int]] = {}
    paths = PathResolver(root)
    for position, found in enumerate(_drafts(root / official_set.folder, official_set), start=1):
        if isinstance(found, Exclusion):
            yield found
            continue
        try:
            draft = _numbered(found, questions_by_path) if official_set.needs_question else found
            yield _finish(draft, paths, official_set)
        except DatasetError as error:
            yield Exclusion(_name_of(found, official_set, position), str(error))


def _numbered(draft: Draft, questions_by_path: dict[str, dict[str, int]]) -> Draft:
    """Number the second and every further question about one file, where the set has no numbers.

    A record that repeats a question keeps the number, so that repeats are still found.
    """
    if draft.number or not draft.path:
        return draft
    questions = questions_by_path.setdefault(draft.path.replace("\\", "/"), {})
    number = questions.setdefault(text_key(draft.question), len(questions) + 1)
    return draft if number == 1 else replace(draft, number=str(number))


def _drafts(folder: Path, official_set: OfficialSet) -> Iterator[Draft | Exclusion]:
    listing = next((folder / name for name in official_set.metadata if (folder / name).is_file()), None)
    if listing is not None and official_set.draft is not None:
        for position, fields in enumerate(read_records(listing), start=1):
            try:
                yield official_set.draft(Record(fields))
            except DatasetError as error:
                yield Exclusion(f"{official_set.code}/{listing.name} record {position}", str(error))
    elif official_set.scan is not None:
        yield from official_set.scan(folder)
    else:
        yield Exclusion(
            official_set.code, f"The folder {official_set.folder} has no {official_set.metadata[0]}."
        )


def _name_of(draft: Draft, official_set: OfficialSet, position: int) -> str:
    if not draft.path:
        return f"{official_set.code} record {position}"
    return _id(official_set, draft.path.replace("\\", "/"), draft.number)


def _id(official_set: OfficialSet, path: str, number: str) -> str:
    return f"{official_set.code}/{path}#{number}" if number else f"{official_set.code}/{path}"


def _finish(draft: Draft, paths: PathResolver, official_set: OfficialSet) -> Sample:
    task = TASKS[official_set.code]
    stated = relative_name(draft.path)
    name = _audio_name(stated, paths, official_set)
    options = tuple(make_option(text, task.labels) for text in draft.options)
    sample = Sample(
        id=_id(official_set, stated, draft.number),
        task=official_set.code,
        audio=SampleAudio(path=paths.find(name), name=name, sources=draft.sources or (name,)),
        question=draft.question,
        options=options,
        answer=find_answer(draft.gold, options) if task.is_multiple_choice else None,
        reference=draft.reference,
        slices={group: value for group, value in draft.slices.items() if value},
    )
    check_sample(sample, task)
    if official_set.needs_question and not sample.question:
        raise DatasetError("It has no question.")
    if sample.answer is not None:
        right = options[sample.answer].label
        _check_label(draft.label, sample)
        if official_set.check is not None:
            official_set.check(sample, right)
    return sample


def _audio_name(stated: str, paths: PathResolver, official_set: OfficialSet) -> str:
    """The audio's path in the dataset: the first that exists, else the first that is usual."""
    names = [
        f"{official_set.folder}/{start}/{stated}" if start else f"{official_set.folder}/{stated}"
        for start in official_set.audio_roots
    ]
    return next((name for name in names if paths.find(name).exists()), names[0])


def _check_label(label: str, sample: Sample) -> None:
    """Refuse a record whose own label is another option than its answer."""
    stated = {
        index for index, option in enumerate(sample.options) if text_key(option.label) == text_key(label)
    }
    if stated and stated != {sample.answer}:
        raise DatasetError(f"Its answer and its label {label!r} are different options.")
