"""Make the bundled edition of AudioMarathon-mini: `python -m amarathon.bundling.mini`.

It needs what `amarathon build mini` needs. It writes `mini/`, the entries of its files in
`manifest.json`, and `ATTRIBUTION.md`.
"""

import shutil

from amarathon.assets import ASSETS_FOLDER, Asset, Part
from amarathon.bundling.listing import list_anew
from amarathon.construction.card import write_card
from amarathon.construction.finalisation import clear_work, finalise
from amarathon.construction.mini import MODULES, draw_seconds, prepare, render
from amarathon.construction.mini.about import SUMMARY
from amarathon.construction.mini.about import TASKS as ABOUT
from amarathon.construction.mini.plan import sample_id
from amarathon.construction.tools import Built, Job, build
from amarathon.datasets.licences import LICENCES, may_be_redistributed
from amarathon.errors import DatasetError
from amarathon.tasks import TASKS

MINI_FOLDER = ASSETS_FOLDER / "mini"
PER_TASK = 3
# Short ones of the test split, so that all tasks find room.
LONGEST_S = 115.0
_MOST_TRIED = 48


def chosen(task: str) -> list[int]:
    """The first short samples of a task's test split, with different answers as far as there are."""
    found: list[int] = []
    answers: list[object] = []
    for index in range(_MOST_TRIED):
        if draw_seconds(task, "test", index) > LONGEST_S:
            continue
        question = render(task, "test", index, 8.0).question
        answer = question.answer if question.options else question.slices
        if answer in answers and len(answers) < (len(question.options) or 2):
            continue
        found.append(index)
        answers.append(answer)
        if len(found) == PER_TASK:
            return found
    raise DatasetError(f"Too few samples of {task} are shorter than {LONGEST_S:g} s.")


def build_bundled() -> list[Asset]:
    """Build the edition and write all lists of it.

    Returns
    -------
    list of Asset
        The whole manifest, other kinds of assets included.

    Raises
    ------
    DatasetError
        A source cannot be had, a sample cannot be made, or a licence forbids passing it on.
    """
    for task in MODULES:
        prepare(task)
    jobs = [
        Job(sample_id(task, "test", index), render, (task, "test", index, draw_seconds(task, "test", index)))
        for task in MODULES
        for index in chosen(task)
    ]
    shutil.rmtree(MINI_FOLDER, ignore_errors=True)
    samples, dropped = build(jobs, MINI_FOLDER, audio_format="opus")
    if dropped:
        raise DatasetError(f"The sample {dropped[0].record} cannot be made: {dropped[0].reason}")
    for sample in samples:
        if not may_be_redistributed(sample.licence):
            raise DatasetError(f"The licence {sample.licence} of {sample.id} does not allow passing it on.")
    facts = {
        "command": "python -m amarathon.bundling.mini",
        "seed": 0,
        "split": "test",
        "summary": f"{SUMMARY} This is its bundled edition, {PER_TASK} short samples of each task.",
        "about": {code: ABOUT[code] for code in TASKS},
    }
    finalise(MINI_FOLDER, "AudioMarathon-mini, bundled edition", samples, dropped, facts)
    write_card(MINI_FOLDER)
    clear_work(MINI_FOLDER)
    return list_anew("benchmark", [_asset(sample) for sample in samples])


def _asset(built: Built) -> Asset:
    sources = sorted({piece["source"].partition("/")[0] for piece in built.pieces})
    return Asset(
        path=f"mini/{built.file}",
        kind="benchmark",
        title=f"AudioMarathon-mini, {TASKS[built.task].name}, {built.id}",
        author="; ".join(built.question["authors"]),
        licence=built.licence,
        licence_url=LICENCES[built.licence].url,
        source=f"{', '.join(sources)}; every piece is named in mini/manifest.jsonl",
        changes="pieces cut, joined and levelled, encoded as mono Opus",
        sha256=built.sha256,
        bytes=(MINI_FOLDER / built.file).stat().st_size,
        parts=tuple(
            Part(piece["source"], piece["onset_s"], piece["duration_s"])
            for piece in built.pieces
            if not piece["source"].startswith(("made/", "espeak-ng/"))
        ),
    )


if __name__ == "__main__":
    edition = [asset for asset in build_bundled() if asset.kind == "benchmark"]
    print(f"{len(edition)} samples, {sum(asset.bytes for asset in edition):,} bytes")  # noqa: T201
