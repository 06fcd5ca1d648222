"""The dataset card: everything on it is read from the folder's own files."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from amarathon.construction.finalisation import read_manifest, read_report
from amarathon.construction.verification import DRAW_FILE, outcome, read_draw, read_verdicts
from amarathon.datasets.licences import LICENCES
from amarathon.datasets.metadata import parse_json, read_text
from amarathon.tasks import TASKS

CARD_FILE = "README.md"
ANSWERABILITY_FILE = "answerability.json"
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"))
_BINS_S = (30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 600, 3600)
_BAR = 40

Line = Mapping[str, Any]


def write_card(folder: Path) -> Path:
    """Write a built dataset's card, the Hub's form with its YAML head.

    Parameters
    ----------
    folder : Path
        Holds the manifest and the report, and verification and answerability files if there are any.

    Returns
    -------
    Path

    Raises
    ------
    DatasetError
        One of these files is missing or damaged.
    """
    manifest, report = read_manifest(folder), read_report(folder)
    parts = [
        _head(manifest, report),
        f"# {report['name']}\n\n{report.get('summary', '')}\n",
        _composition(manifest),
        _durations(manifest),
        _made_of(report, manifest),
        _checks(report),
        _answerability(folder),
        _verification(folder),
        _licences(manifest),
        _build(report),
    ]
    path = folder / CARD_FILE
    path.write_text("\n".join(part for part in parts if part), encoding="utf-8", newline="\n")
    return path


def _head(manifest: Sequence[Line], report: Line) -> str:
    count = len(manifest)
    size = next((name for most, name in _SIZES if count < most), "100K<n<1M")
    fields = {
        "pretty_name": report["name"],
        "language": report.get("languages", ["en"]),
        "license": "other",
        "license_name": "mixed-per-file",
        "task_categories": ["audio-classification", "automatic-speech-recognition", "question-answering"],
        "size_categories": [size],
        "tags": ["audio", "long-audio", "benchmark", "audiomarathon"],
    }
    return f"---\n{yaml.safe_dump(fields, sort_keys=False, allow_unicode=True)}---\n"


def _composition(manifest: Sequence[Line]) -> str:
    rows = []
    for code in TASKS:
        lines = [line for line in manifest if line["task"] == code]
        if not lines:
            continue
        seconds = sorted(line["duration_s"] for line in lines)
        answers = Counter(
            "ABCDE"[line["question"]["answer"]] for line in lines if line["question"]["options"]
        )
        right = " ".join(f"{letter}:{answers[letter]}" for letter in sorted(answers)) or "transcript"
        median = seconds[len(seconds) // 2]
        rows.append(
            f"| {code} | {TASKS[code].name} | {len(lines)} | {sum(seconds) / 3600:.2f} | "
            f"{seconds[0]:.0f} | {median:.0f} | {seconds[-1]:.0f} | {right} |"
        )
    total = sum(line["duration_s"] for line in manifest) / 3600
    return (
        f"## Composition\n\n{len(manifest)} samples, {total:.1f} hours, 16 kHz mono.\n\n"
        "| Task | Name | Samples | Hours | Min s | Median s | Max s | Right answers |\n"
        "|---|---|---|---|---|---|---|---|\n" + "\n".join(rows) + "\n"
    )


def _durations(manifest: Sequence[Line]) -> str:
    counts: Counter[int] = Counter()
    for line in manifest:
        counts[
            next(
                (bin_index for bin_index, top in enumerate(_BINS_S) if line["duration_s"] < top),
                len(_BINS_S) - 1,
            )
        ] += 1
    most = max(counts.values(), default=1)
    rows = []
    for bin_index in sorted(counts):
        low = _BINS_S[bin_index - 1] if bin_index else 0
        bar = "#" * max(1, round(_BAR * counts[bin_index] / most))
        rows.append(f"{low:>5}-{_BINS_S[bin_index]:<5} s {counts[bin_index]:>5} {bar}")
    return "## Durations\n\n```\n" + "\n".join(rows) + "\n```\n"


def _made_of(report: Line, manifest: Sequence[Line]) -> str:
    present = {line["task"] for line in manifest}
    about = {code: text for code, text in report.get("about", {}).items() if code in present}
    if not about:
        return ""
    return (
        "## What is real and what is made\n\n" + "\n".join(f"- **{c}**: {t}" for c, t in about.items()) + "\n"
    )


def _checks(report: Line) -> str:
    checks = report.get("leak_checks", {})
    if not checks and "split_check" in report:
        return _split_check(report["split_check"])
    if not checks:
        return "## Leak checks\n\nNot run for this build.\n"
    rows = [
        f"| {name} | {found['items']} | {100 * found['accuracy']:.1f} | {100 * found['chance']:.1f} | "
        f"{found['p_value']:.3f} | {'no leak found' if found['passed'] else 'LEAK'} |"
        for name, found in checks.items()
    ]
    features = ", ".join(next(iter(checks.values()))["features"])
    return (
        "## Leak checks\n\nA decision tree tries to tell the answer from features that need no listening "
        f"({features}). The p-value is from 200 permutations of the answers within their tasks.\n\n"
        "| Items | Count | Accuracy % | Permuted % | p | Verdict |\n|---|---|---|---|---|---|\n"
        + "\n".join(rows)
        + "\n\nSpeakers, recordings, grooves and sentences of the three splits are disjoint by declaration, "
        "and tests compare what is really used.\n"
    )


def _split_check(found: Line) -> str:
    return (
        "## Leak checks\n\nTranscripts have no options that could be told without listening. "
        f"{found['sources']} source recordings, {found['speakers']} speakers and {found['sentences']} "
        f"different sentences were compared over {found['splits']} "
        f"{'split' if found['splits'] == 1 else 'splits'}: none is in two.\n"
    )


def _answerability(folder: Path) -> str:
    path = folder / ANSWERABILITY_FILE
    if not path.is_file():
        return "## Answerability\n\nNot checked for this build.\n"
    found = parse_json(read_text(path), ANSWERABILITY_FILE)
    rows = [
        f"| {code} | {counts['tool']} | {counts['samples']} | {counts['judged']} | {counts['right']} | "
        f"{'yes' if counts['enough'] else 'NO'} |"
        for code, counts in found["tasks"].items()
    ]
    return (
        "## Answerability\n\nChecked with tools that had no part in making the sounds. A tool judges a "
        "sample where it hears enough to choose an option.\n\n"
        "| Task | Tool | Samples | Judged | Right | 80% of the judged |\n|---|---|---|---|---|---|\n"
        + "\n".join(rows)
        + "\n"
    )


def _verification(folder: Path) -> str:
    if not (folder / DRAW_FILE).is_file():
        return "## Manual verification\n\nNothing has been drawn yet.\n"
    selection = read_draw(folder)
    rows = [
        f"| {task} | {counts['drawn']} | {counts['checked']} | {counts['status']} |"
        for task, counts in outcome(selection, read_verdicts(folder)).items()
    ]
    return (
        f"## Manual verification\n\nRound {selection.round}, drawn with seed {selection.seed}.\n\n"
        "| Subset | Drawn | Checked | Status |\n|---|---|---|---|\n" + "\n".join(rows) + "\n"
    )


def _licences(manifest: Sequence[Line]) -> str:
    counts = Counter(line["licence"] for line in manifest)
    credits_: dict[tuple[str, str], set[str]] = defaultdict(set)
    for piece in _pieces(manifest):
        credits_[piece["licence"], piece["author"]].add(piece["source"])
    files = [f"| {_link(licence)} | {count} |" for licence, count in sorted(counts.items())]
    rows = [
        f"- {author} ({licence}): {_named(sources)}"
        for (licence, author), sources in sorted(credits_.items())
    ]
    return (
        "## Licences\n\nEvery file has one licence, its line in `metadata.jsonl` names it and the authors. "
        "Material under CC-BY-SA and material under the GPL are never in one file.\n\n"
        "| Licence | Files |\n|---|---|\n" + "\n".join(files) + "\n\n### Credits\n\n" + "\n".join(rows) + "\n"
    )


def _pieces(manifest: Iterable[Line]) -> Iterable[Line]:
    for line in manifest:
        yield from line["pieces"]


def _link(licence: str) -> str:
    return f"[{licence}]({LICENCES[licence].url})" if licence in LICENCES else licence


def _named(sources: set[str]) -> str:
    listed = sorted(sources)
    if len(listed) > 60 or listed[0].startswith("made/"):
        return f"{len(listed)} sources, each named in the manifest"
    return ", ".join(f"`{source}`" for source in listed)


def _build(report: Line) -> str:
    dropped = report["dropped"]
    listed = "".join(f"- `{entry['record']}`: {entry['reason']}\n" for entry in dropped[:100])
    return (
        f"## Build\n\n- Command: `{report.get('command', 'unknown')}`\n- Seed: {report.get('seed')}\n"
        f"- SHA-256 of `manifest.jsonl`: `{report['manifest_sha256']}`\n"
        f"- Dropped: {len(dropped)}\n{listed}"
    )
