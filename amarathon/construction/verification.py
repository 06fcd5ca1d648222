"""Stage 5: manual verification. Which samples people check, what they find, and what follows.

The hand-over is two files in the dataset's folder: ``verification-draw.json``, written here, says
what to check; ``verification-verdicts.jsonl``, written by whoever checks, has a line for each
verdict. A subset with a fault is built again with another seed and drawn again without the
samples already seen.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from math import ceil
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from amarathon.construction.seeds import shuffled
from amarathon.datasets.metadata import parse_json, read_text
from amarathon.errors import DatasetError, first_fault
from amarathon.files import file_sha256
from amarathon.tasks.sample import Sample

DRAW_FILE = "verification-draw.json"
VERDICTS_FILE = "verification-verdicts.jsonl"
SHARE, FEWEST = 0.1, 20

# What the paper's reviewers looked for (appendix D names the sources, section 2.2 the review).
CHECKLIST: tuple[str, ...] = (
    "The audio plays to its end without a fault.",
    "The question can be answered from the audio.",
    "Exactly one option is right.",
    "The label is right.",
    "The duration is as stated.",
    "Nothing but the content gives the answer away: no audible cut, no jump in loudness.",
)


class Verdict(BaseModel):
    """One reviewer's verdict on one sample; a line of ``verification-verdicts.jsonl``.

    Attributes
    ----------
    sample : str
        Its id.
    reviewer : str
        An opaque id.
    passed : bool
    faults : list of int
        Places in `CHECKLIST` of what is wrong.
    comment : str
    heard : float or None
        Share of the recording that the reviewer heard, 0 to 1, where it was measured.
    audio_sha256 : str or None
        Of the recording's file. A subset that is built again may use an id again, for another recording.
    """

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    sample: Annotated[str, Field(min_length=1)]
    reviewer: str
    passed: bool
    faults: list[int] = []
    comment: str = ""
    heard: Annotated[float, Field(ge=0, le=1)] | None = None
    audio_sha256: str | None = None


@dataclass(frozen=True)
class Draw:
    """What is to be checked.

    Attributes
    ----------
    seed : int
    round : int
        1 for the first draw.
    samples : mapping of str to list of str
        Ids by subset (task).
    """

    seed: int
    round: int
    samples: Mapping[str, list[str]]


def draw(samples: Iterable[Sample], seed: int, seen: Collection[str] = (), round_number: int = 1) -> Draw:
    """Draw the samples that people check: a tenth of every subset, and 20 at least.

    Parameters
    ----------
    samples : iterable of Sample
        In any order: it makes no difference.
    seed : int
    seen : collection of str
        Ids that were checked before; they are not drawn again.
    round_number : int

    Returns
    -------
    Draw
        A subset with fewer samples is drawn whole.
    """
    subsets: dict[str, list[str]] = defaultdict(list)
    for sample in samples:
        subsets[sample.task].append(sample.id)
    selection = {}
    for task, ids in sorted(subsets.items()):
        count = max(FEWEST, ceil(SHARE * len(ids)))
        fresh = [name for name in shuffled(ids, seed, "verification", round_number) if name not in seen]
        selection[task] = fresh[:count]
    return Draw(seed, round_number, selection)


def hand_over(folder: Path, selection: Draw) -> Path:
    """Write the draw beside the dataset, with the checklist."""
    path = folder / DRAW_FILE
    content = {**asdict(selection), "checklist": list(CHECKLIST)}
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def read_draw(folder: Path) -> Draw:
    """Read what is to be checked.

    Raises
    ------
    DatasetError
        Nothing was drawn, or the file is damaged.
    """
    content = parse_json(read_text(folder / DRAW_FILE), DRAW_FILE)
    try:
        return Draw(content["seed"], content["round"], content["samples"])
    except (KeyError, TypeError) as error:
        raise DatasetError(f"{DRAW_FILE} lacks the field {error}.") from error


def read_verdicts(folder: Path) -> list[Verdict]:
    """Read the verdicts so far; none where nobody has begun.

    Raises
    ------
    DatasetError
        Naming the line at fault.
    """
    path = folder / VERDICTS_FILE
    if not path.is_file():
        return []
    found = []
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            found.append(Verdict.model_validate(parse_json(line, VERDICTS_FILE, first_line=number)))
        except ValidationError as error:
            fault = first_fault(error, "the line")
            raise DatasetError(f"{VERDICTS_FILE}, line {number}: {fault}.") from error
    return found


def write_verdicts(folder: Path, verdicts: Iterable[Verdict]) -> Path:
    """Write what was found beside the dataset, a line for each verdict; what was there is replaced."""
    path = folder / VERDICTS_FILE
    lines = "".join(verdict.model_dump_json() + "\n" for verdict in verdicts)
    path.write_text(lines, encoding="utf-8")
    return path


def outcome(selection: Draw, verdicts: Iterable[Verdict]) -> dict[str, dict[str, Any]]:
    """What the verdicts say of each subset.

    A sample fails when most of its reviewers fail it; a tie is open, and waits for a third. A
    subset passes when every sample drawn has passed, fails when one has failed.

    Returns
    -------
    dict of str to dict
        By subset: ``status`` (``"passed"``, ``"failed"`` or ``"open"``), ``checked``, ``drawn``,
        ``failed`` (ids).
    """
    votes: dict[str, dict[str, bool]] = defaultdict(dict)
    for verdict in verdicts:
        votes[verdict.sample][verdict.reviewer] = verdict.passed  # a reviewer's last word counts
    result = {}
    for task, ids in selection.samples.items():
        balance = {name: sum(1 if vote else -1 for vote in votes[name].values()) for name in ids}
        failed = sorted(name for name, sum_ in balance.items() if sum_ < 0)
        decided = sum(1 for sum_ in balance.values() if sum_)
        status = "failed" if failed else "passed" if decided == len(ids) else "open"
        result[task] = {"status": status, "checked": decided, "drawn": len(ids), "failed": failed}
    return result


def next_round(folder: Path, samples: Iterable[Sample]) -> tuple[list[str], Draw]:
    """After verdicts: the subsets to be built again, and their new draw.

    Parameters
    ----------
    folder : Path
        Holds the last draw and its verdicts.
    samples : iterable of Sample
        Of the dataset as rebuilt.

    Returns
    -------
    failed : list of str
    draw : Draw
        Of the failed subsets alone, without samples already seen.
    """
    last = read_draw(folder)
    verdicts = read_verdicts(folder)
    failed = [task for task, found in outcome(last, verdicts).items() if found["status"] == "failed"]
    again = [sample for sample in samples if sample.task in failed]
    now = {sample.id: sample for sample in again}
    seen = {
        verdict.sample
        for verdict in verdicts
        if verdict.sample in now and _is_same_audio(verdict, now[verdict.sample])
    }
    return failed, draw(again, last.seed, seen, last.round + 1)


def _is_same_audio(verdict: Verdict, sample: Sample) -> bool:
    """Whether a verdict is about the recording that a sample has now."""
    if verdict.audio_sha256 is None:
        return True
    return verdict.audio_sha256 == (sample.audio.sha256 or file_sha256(sample.audio.path))
