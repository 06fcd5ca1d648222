"""Stage 6: finalisation. Balance, the metadata, the manifest, the report; the card is made from them."""

import json
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

from amarathon.construction.seeds import shuffled
from amarathon.construction.tools import WORK_FOLDER, Built
from amarathon.datasets.folder import Attribution
from amarathon.datasets.folder_writing import write_folder
from amarathon.datasets.metadata import parse_json, read_text
from amarathon.files import replacing
from amarathon.tasks.sample import Exclusion, Option, Sample, SampleAudio

MANIFEST_FILE = "manifest.jsonl"
REPORT_FILE = "build.json"


def balanced(samples: Sequence[Built], seed: int) -> tuple[list[Built], list[Exclusion]]:
    """Let every answer of a task with a fixed order of options be right equally often.

    Which samples of the more frequent answers are left out is decided by a hash of their ids.
    (Where the options are shuffled, their positions were dealt out evenly: see `questions`.)

    Parameters
    ----------
    samples : sequence of Built
        Of one task.
    seed : int

    Returns
    -------
    kept : list of Built
        By id.
    dropped : list of Exclusion
    """
    by_answer: dict[int, list[Built]] = defaultdict(list)
    for sample in samples:
        by_answer[sample.question["answer"]].append(sample)
    fewest = min(len(group) for group in by_answer.values()) if by_answer else 0
    kept: list[Built] = []
    dropped: list[Exclusion] = []
    for group in by_answer.values():
        named = {sample.id: sample for sample in group}
        order = shuffled(list(named), seed, "balance")
        kept += [named[name] for name in order[:fewest]]
        dropped += [
            Exclusion(name, "Its answer is right more often than the others.") for name in order[fewest:]
        ]
    return sorted(kept, key=lambda sample: sample.id), sorted(dropped, key=lambda exclusion: exclusion.record)


def manifest_line(built: Built) -> str:
    """The line of a sample in the manifest: what it is made of, to the piece."""
    fields = asdict(built)
    fields["question"] = {
        name: value for name, value in fields["question"].items() if name not in ("sources", "authors")
    }
    # The bytes of the file may differ from encoder to encoder; the sound may not.
    del fields["sha256"], fields["features"]
    return json.dumps(fields, ensure_ascii=False, sort_keys=True)


def finalise(
    out: Path, name: str, samples: Sequence[Built], dropped: Sequence[Exclusion], facts: Mapping[str, Any]
) -> str:
    """Write metadata, manifest and report of a finished build; remove the work folder.

    Parameters
    ----------
    out : Path
        The dataset's folder, with the audio in it.
    name : str
        The dataset's name.
    samples : sequence of Built
    dropped : sequence of Exclusion
        By every stage.
    facts : mapping of str to Any
        What else the card states: seed, split, checks, times.

    Returns
    -------
    str
        SHA-256 of the manifest.
    """
    ordered = sorted(samples, key=lambda sample: sample.id)
    attributions = {sample.id: _attribution(sample, name) for sample in ordered}
    write_folder(out, [to_sample(sample, out) for sample in ordered], attributions)
    manifest = "".join(f"{manifest_line(sample)}\n" for sample in ordered)
    _write(out / MANIFEST_FILE, manifest)
    digest = sha256(manifest.encode()).hexdigest()
    report = {
        "name": name,
        "manifest_sha256": digest,
        "samples": dict(sorted(Counter(sample.task for sample in ordered).items())),
        "dropped": [
            asdict(exclusion) for exclusion in sorted(dropped, key=lambda exclusion: exclusion.record)
        ],
        **facts,
    }
    _write(out / REPORT_FILE, json.dumps(report, ensure_ascii=False, indent=1) + "\n")
    return digest


def clear_work(out: Path) -> None:
    """Remove what only a build that goes on needs, and audio that no sample names any more."""
    shutil.rmtree(out / WORK_FOLDER, ignore_errors=True)


def to_sample(built: Built, folder: Path) -> Sample:
    """The sample as readers of the folder will find it."""
    question = built.question
    return Sample(
        id=built.id,
        task=built.task,
        audio=SampleAudio(
            path=folder / built.file,
            name=built.file,
            sources=tuple(question["sources"]) or (built.file,),
            duration_s=built.duration_s,
            sha256=built.sha256,
            pcm_sha256=built.pcm_sha256,
        ),
        question=question["text"],
        options=tuple(Option(option["text"], option["label"]) for option in question["options"]),
        answer=question["answer"],
        reference=question["reference"],
        slices=dict(question["slices"]),
    )


def read_manifest(folder: Path) -> list[dict[str, Any]]:
    """Read a dataset's manifest.

    Raises
    ------
    DatasetError
        There is none, or a line is damaged.
    """
    lines = read_text(folder / MANIFEST_FILE).split("\n")
    return [
        parse_json(line, MANIFEST_FILE, first_line=number)
        for number, line in enumerate(lines, 1)
        if line.strip()
    ]


def read_report(folder: Path) -> dict[str, Any]:
    """Read the report of a build.

    Raises
    ------
    DatasetError
        There is no report, or it is damaged.
    """
    report: dict[str, Any] = parse_json(read_text(folder / REPORT_FILE), REPORT_FILE)
    return report


def _attribution(built: Built, name: str) -> Attribution:
    return Attribution(built.licence, "; ".join(built.question["authors"]), name)


def _write(path: Path, text: str) -> None:
    with replacing(path) as partial:
        partial.write_text(text, encoding="utf-8", newline="\n")


def counted(samples: Iterable[Built]) -> dict[str, dict[str, int]]:
    """How often each answer is right, by task."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for sample in samples:
        answer = sample.question["answer"]
        if answer is not None:
            found[sample.task]["ABCDE"[answer]] += 1
    return {task: dict(sorted(counts.items())) for task, counts in sorted(found.items())}
