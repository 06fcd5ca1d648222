"""From what a set's reader tells to samples: paths made safe, gold answers found, records checked."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from amarathon.datasets.checks import check_sample
from amarathon.datasets.metadata import read_records
from amarathon.datasets.official.layout import Draft, OfficialSet, Record
from amarathon.datasets.options import find_answer, make_option, text_key
from amarathon.datasets.paths import Places, relative_name
from amarathon.errors import DatasetError
from amarathon.tasks import TASKS
from amarathon.tasks.sample import Exclusion, Sample, SampleAudio


def is_present(root: Path, part: OfficialSet) -> bool:
    """Whether the folder of one task's set is there."""
    return (root / part.folder).is_dir()


def read_set(root: Path, part: OfficialSet) -> Iterator[Sample | Exclusion]:
    """Read one task's set; what cannot be a sample comes out as an `Exclusion`.

    Raises
    ------
    DatasetError
        If its metadata file is not JSON.
    """
    asked: dict[str, dict[str, int]] = {}
    places = Places(root)
    for position, found in enumerate(_drafts(root / part.folder, part), start=1):
        if isinstance(found, Exclusion):
            yield found
            continue
        try:
            draft = _numbered(found, asked) if part.needs_question else found
            yield _finish(draft, places, part)
        except DatasetError as error:
            yield Exclusion(_name_of(found, part, position), str(error))


def _numbered(draft: Draft, asked: dict[str, dict[str, int]]) -> Draft:
    """Number the second and every further question about one file, where the set has no numbers.

    A record that asks again what was asked keeps the number, so that repeats are still found.
    """
    if draft.number or not draft.path:
        return draft
    questions = asked.setdefault(draft.path.replace("\\", "/"), {})
    number = questions.setdefault(text_key(draft.question), len(questions) + 1)
    return draft if number == 1 else replace(draft, number=str(number))


def _drafts(folder: Path, part: OfficialSet) -> Iterator[Draft | Exclusion]:
    listing = next((folder / name for name in part.metadata if (folder / name).is_file()), None)
    if listing is not None and part.draft is not None:
        for position, fields in enumerate(read_records(listing), start=1):
            try:
                yield part.draft(Record(fields))
            except DatasetError as error:
                yield Exclusion(f"{part.code}/{listing.name} record {position}", str(error))
    elif part.scan is not None:
        yield from part.scan(folder)
    else:
        yield Exclusion(part.code, f"The folder {part.folder} has no {part.metadata[0]}.")


def _name_of(draft: Draft, part: OfficialSet, position: int) -> str:
    if not draft.path:
        return f"{part.code} record {position}"
    return _id(part, draft.path.replace("\\", "/"), draft.number)


def _id(part: OfficialSet, path: str, number: str) -> str:
    return f"{part.code}/{path}#{number}" if number else f"{part.code}/{path}"


def _finish(draft: Draft, places: Places, part: OfficialSet) -> Sample:
    task = TASKS[part.code]
    stated = relative_name(draft.path)
    name = _audio_name(stated, places, part)
    options = tuple(make_option(text, task.labels) for text in draft.options)
    sample = Sample(
        id=_id(part, stated, draft.number),
        task=part.code,
        audio=SampleAudio(path=places.find(name), name=name, sources=draft.sources or (name,)),
        question=draft.question,
        options=options,
        answer=find_answer(draft.gold, options) if task.is_multiple_choice else None,
        reference=draft.reference,
        slices={group: value for group, value in draft.slices.items() if value},
    )
    check_sample(sample, task)
    if part.needs_question and not sample.question:
        raise DatasetError("It has no question.")
    if sample.answer is not None:
        right = options[sample.answer].label
        _check_label(draft.label, sample)
        if part.check is not None:
            part.check(sample, right)
    return sample


def _audio_name(stated: str, places: Places, part: OfficialSet) -> str:
    """The audio's place in the dataset: the first that exists, else the first that is usual."""
    names = [
        f"{part.folder}/{start}/{stated}" if start else f"{part.folder}/{stated}"
        for start in part.audio_roots
    ]
    return next((name for name in names if places.find(name).exists()), names[0])


def _check_label(label: str, sample: Sample) -> None:
    """Refuse a record whose own label is another option than its answer."""
    meant = {
        index for index, option in enumerate(sample.options) if text_key(option.label) == text_key(label)
    }
    if meant and meant != {sample.answer}:
        raise DatasetError(f"Its answer and its label {label!r} are different options.")
