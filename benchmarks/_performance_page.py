"""``docs/findings/performance.md``, from what `python -m benchmarks` found."""

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Any

from amarathon.files import write_atomically
from amarathon.runs.markdown import table
from benchmarks._registry import BENCHMARKS, LEFT_OUT, Benchmark
from benchmarks._rows import Row

PAGE = Path(__file__).resolve().parents[1] / "docs/findings/performance.md"
HEAD = ("What", "Here", "Beside", "Its figure", "Ratio", "Of the pairs", "Wanted")
CURVES = ("Curve", "Sizes", "Exponent", "95% interval", "Last step", "Arithmetic says", "Steeper")


def write_page(document: dict[str, Any]) -> None:
    """Write the page."""
    write_atomically(PAGE, page(document))


def page(document: dict[str, Any]) -> str:
    """The page of a document of `python -m benchmarks`."""
    hardware, loads = document["hardware"], (document["load_before"], document["load_after"])
    how = "Small sizes and few repeats" if document["quick"] else "Whole sizes"
    commit = (document["commit"] or "unknown")[:12]
    parts = [
        "# What takes how long",
        f"Written by `make bench` (`python -m benchmarks`) in one run; none of it is typed. {how}; "
        f"{document['started_at'][:10]}, commit `{commit}`, {hardware['cpu']}, cores {hardware['cores']}; "
        f"{document['took_s'] / 60:.0f} minutes. Load {loads[0]:.1f} before and {loads[1]:.1f} at the end: "
        "where others used the machine as well, only ratios say something. A ratio is of medians; beside it "
        "stand the least and greatest of repeats taken in turn. **Missed** is what is not as it should be.",
    ]
    for heading, group in groupby(BENCHMARKS, lambda benchmark: benchmark.heading):
        parts.append(f"## {heading}\n\n{_section(list(group), document['benchmarks'])}")
    parts.append(
        "## On a GPU\n\n`python -m benchmarks.gpu` measures one in a single command; what it found, or that "
        "nothing is measured yet, is on [a page of its own](gpu.md). What bfloat16 changes in answers is on "
        "[another](bfloat16.md)."
    )
    parts.append("## Not in this run\n\n" + "\n".join(_left_out(document["benchmarks"])))
    return "\n\n".join(parts) + "\n"


def _section(group: list[Benchmark], found: dict[str, Any]) -> str:
    rows, curves, notes = [], [], []
    for benchmark in group:
        own = found.get(benchmark.name, {"state": "left out", "why": "not asked for"})
        documents = own.get("documents", [])
        rows += [row for each in documents for row in each.get("rows", [])]
        curves += [curve for each in documents for curve in each.get("curves", [])]
        notes += [
            f"`benchmarks.{benchmark.name}`: not measured, {each['not_measured']}."
            for each in documents
            if "not_measured" in each
        ]
        if own["state"] != "measured":
            notes.append(f"`benchmarks.{benchmark.name}`: {own['state']} ({own['why']}).")
    parts = [table(HEAD, [_line(Row(**row)) for row in rows])] if rows else []
    parts += [table(CURVES, [_curve(curve) for curve in curves])] if curves else []
    return "\n\n".join([*parts, *notes]) or "No figure."


def _line(row: Row) -> list[str]:
    figures = [f"{_short(row.value)} {row.unit}", row.beside, _short(row.peer)]
    return [row.what, *figures, f"{row.ratio:.2f}", f"{row.low:.2f} to {row.high:.2f}", _wanted(row)]


def _wanted(row: Row) -> str:
    bounds = {"at most": row.at_most, "at least": row.at_least}
    said = " and ".join(f"{words} {bound:g}" for words, bound in bounds.items() if bound is not None)
    return f"{said}: **missed**" if row.met is False else said


def _curve(curve: dict[str, Any]) -> list[str]:
    found, sizes = curve["exponent"], curve["sizes"]
    return [
        curve["what"],
        f"{', '.join(f'{size:g}' for size in sizes)} {curve['axis']}",
        f"{found['slope']:.2f}",
        f"{found['low']:.2f} to {found['high']:.2f}",
        f"{found['last']:.2f}",
        f"{curve['expected']:.2f} ({curve['says']})",
        "**yes**" if curve["steeper"] else "no",
    ]


def _left_out(found: dict[str, Any]) -> Iterable[str]:
    for name, why in LEFT_OUT.items():
        yield f"- `python -m benchmarks.{name}`: {why}."
    for name, own in found.items():
        if own["state"] == "left out":
            yield f"- `python -m benchmarks.{name}`: {own['why']}."


def _short(value: float) -> str:
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
