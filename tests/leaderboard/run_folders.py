"""Run folders with known answers, for the tests of the leaderboard and of its page."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from amarathon.efficiency.records import EfficiencyRecord, Memory, Spread
from amarathon.runs.reading import read_run
from amarathon.runs.records import DatasetRecord, ModelRecord, Prediction, RunHeader
from amarathon.runs.summary import Summary, write_summary
from leaderboard.records import Leaderboard, Row

NOTICE = "Untrained: random weights."
OPTIONS = ["one", "two", "three", "four"]
TASKS = ("SER", "SCR", "MC")
SAMPLES = 12


def write_run(
    runs: Path,
    name: str,
    *,
    model: str = "small",
    dataset: str = "mini",
    sha256: str = "ab" * 32,
    configurations: Sequence[str] = ("vanilla", "frame@0.6"),
    right: int = 8,
    unread: int = 0,
    failed: int = 0,
    notice: str | None = NOTICE,
    kind: str = "model",
    summed_up: bool = True,
) -> Path:
    """Write a run of 12 samples in each of three tasks.

    Of a task's answers the first `right` are right, the last `failed` failed with an error, and
    `unread` before these cannot be read. Each further configuration has one right answer less.
    """
    folder = runs / name
    folder.mkdir(parents=True)
    header = RunHeader(
        run_id=f"{name}-id",
        kind=kind,
        created_at="2026-01-01T00:00:00.000+00:00",
        finished_at="2026-01-01T01:00:00.000+00:00",
        model=ModelRecord(
            name=model,
            revision="rev-1",
            adapter="qwen2_5_omni",
            dtype="float32",
            device="cpu",
            parameters=12_000_000,
            notice=notice,
        ),
        dataset=DatasetRecord(
            name=dataset,
            sha256=sha256,
            count=SAMPLES * len(TASKS),
            tasks=dict.fromkeys(TASKS, SAMPLES),
        ),
        configurations=list(configurations),
        seed=0,
        engine="local",
        hardware={"cpu": "Test CPU"},
        libraries={"torch": "2.13.0"},
        commit="0123456789abcdef",
    )
    (folder / "run.json").write_text(header.model_dump_json())
    lines = [
        _answer(task, index, configuration, right - step, unread, failed).model_dump_json()
        for step, configuration in enumerate(configurations)
        for task in TASKS
        for index in range(SAMPLES)
    ]
    (folder / "predictions.jsonl").write_text("\n".join(lines) + "\n")
    if summed_up:
        _sum_up(folder)
    return folder


# Scores depend on the answers alone, and resampling takes time: equal answers are summed up once.
_SUMMARIES: dict[bytes, Summary] = {}


def _sum_up(folder: Path) -> None:
    answers = (folder / "predictions.jsonl").read_bytes()
    if answers not in _SUMMARIES:
        _SUMMARIES[answers] = write_summary(folder)
    summary = _SUMMARIES[answers].model_copy(update={"run_id": read_run(folder).header.run_id})
    (folder / "summary.json").write_text(summary.model_dump_json())


def _answer(task: str, index: int, configuration: str, right: int, unread: int, failed: int) -> Prediction:
    answer = index % 4
    chosen = answer if index < right else (answer + 1) % 4
    is_failed = index >= SAMPLES - failed
    is_unread = not is_failed and index >= SAMPLES - failed - unread
    return Prediction(
        sample_id=f"{task}-{index}",
        task=task,
        configuration=configuration,
        options=OPTIONS,
        labels=OPTIONS if task == "MC" else [],
        order=[0, 1, 2, 3],
        answer=answer,
        reply="" if is_failed else "I cannot tell" if is_unread else "ABCD"[chosen],
        answer_read=None if is_failed or is_unread else chosen,
        correct=None if is_failed else not is_unread and chosen == answer,
        sources=[f"recording-{index}"],
        duration_s=120.0,
        error="The audio cannot be read." if is_failed else None,
        at="2026-01-01T00:00:01.000+00:00",
    )


def write_runs(
    runs: Path, count: int, configurations: Sequence[str] = ("vanilla", "frame@0.6")
) -> list[Path]:
    """Write many runs fast: a few have answers of their own, the others are copies under other names."""
    kinds = [
        write_run(runs, f"kind-{right}", model=f"model-{right}", configurations=configurations, right=right)
        for right in range(8, 12)
    ][:count]
    copies = []
    for number in range(len(kinds), count):
        copy = Path(shutil.copytree(kinds[number % len(kinds)], runs / f"copy-{number:04}"))
        for name, path in (("run.json", "model"), ("summary.json", None)):
            content = json.loads((copy / name).read_text())
            content["run_id"] = f"copy-{number:04}-id"
            if path:
                content[path]["name"] = f"model-{number:04}"
            (copy / name).write_text(json.dumps(content))
        copies.append(copy)
    return kinds + copies


def write_speed(runs: Path, name: str, prefill_s: dict[str, float]) -> Path:
    """Write efficiency records of configurations, given the prefill of each."""
    folder = write_run(runs, name, configurations=list(prefill_s), summed_up=False)
    (folder / "predictions.jsonl").unlink()
    header = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps(header | {"kind": "efficiency"}))
    lines = [_speed(configuration, seconds).model_dump_json() for configuration, seconds in prefill_s.items()]
    (folder / "efficiency.jsonl").write_text("\n".join(lines) + "\n")
    return folder


def _speed(configuration: str, prefill_s: float) -> EfficiencyRecord:
    def about(seconds: float) -> Spread:
        return Spread(median=seconds, low=0.95 * seconds, high=1.05 * seconds)

    return EfficiencyRecord(
        configuration=configuration,
        sample_id="long-talk",
        task="SCR",
        pcm_sha256="cd" * 32,
        duration_s=300.0,
        audio_tokens=7500,
        kept_tokens=3000,
        new_tokens=16,
        warm_up=1,
        repeats=5,
        encoder_s=about(1.0),
        prefill_s=about(prefill_s),
        first_token_s=about(1.0 + prefill_s),
        decode_s=about(0.5),
        memory=Memory(kind="resident", peak_bytes=600_000_000, idle_bytes=500_000_000),
        cache_bytes=[2_500_000] * 8,
        energy_j=None,
        commit="0123456789abcdef",
        at="2026-01-01T00:00:00.000+00:00",
    )


def measured(board: Leaderboard) -> dict[str, list[Row]]:
    """A board's measured rows by their dataset's hash."""
    return {section.sha256: section.rows for section in board.measured}
