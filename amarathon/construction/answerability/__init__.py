"""Can a listener answer? Tools that had no part in making the sounds try to.

A task where they find the right answer in under `ENOUGH` of the samples that they can judge is not fit
to be asked, and is rebuilt.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from amarathon.audio import load_audio
from amarathon.construction.answerability.events import Events
from amarathon.construction.answerability.fitted import Fitted
from amarathon.construction.answerability.judging import Judge
from amarathon.construction.answerability.pitch import Pitch
from amarathon.construction.answerability.words import NamedMost, NamedTogether, Transcriber
from amarathon.construction.card import ANSWERABILITY_FILE
from amarathon.construction.seeds import shuffled
from amarathon.datasets import load_dataset

ENOUGH = 0.8
JUDGES: Mapping[str, Judge] = {
    "SER": NamedMost(),
    "SCR": NamedTogether(),
    "ASR": Transcriber(),
    "SED": Events(),
    "MC": Fitted("tags"),
    "ASC": Fitted("tags"),
    "SD": Fitted("tags"),
    "ER": Fitted("voice"),
    "SAR": Fitted("voice"),
    "SGR": Pitch(),
}

Progress = Callable[[int, int, str], None]


def check(
    folder: Path,
    per_task: int = 5,
    seed: int = 0,
    progress: Progress = lambda done, total, name: None,
) -> dict[str, Any]:
    """Let the judges answer some samples of every task, and keep what they say for the card.

    Parameters
    ----------
    folder : Path
        A dataset built by `amarathon build mini`.
    per_task : int
        Samples of each task, drawn by a hash of their ids.
    seed : int
    progress : callable
        Called with samples judged, samples to judge and the one just judged.

    Returns
    -------
    dict
        By task: ``tool``, ``samples``, ``judged``, ``right``, ``enough`` and each sample's ``verdicts``.

    Raises
    ------
    DatasetError
        There is no such dataset, or a tool is not installed.
    """
    by_task: dict[str, list[str]] = {}
    known = {sample.id: sample for sample in load_dataset(folder).samples}
    for name, sample in known.items():
        by_task.setdefault(sample.task, []).append(name)
    chosen = {task: shuffled(names, seed, "answerability")[:per_task] for task, names in by_task.items()}
    total, done = sum(map(len, chosen.values())), 0
    found: dict[str, Any] = {}
    for task in (task for task in JUDGES if task in chosen):
        verdicts: dict[str, dict[str, Any]] = {}
        for name in chosen[task]:
            judgement = JUDGES[task](known[name], load_audio(known[name].audio.path).samples)
            verdicts[name] = {"right": judgement.right, "heard": judgement.evidence}
            done += 1
            progress(done, total, name)
        right = [verdict["right"] for verdict in verdicts.values() if verdict["right"] is not None]
        found[task] = {
            "tool": JUDGES[task].name,
            "samples": len(verdicts),
            "judged": len(right),
            "right": sum(right),
            "enough": bool(right) and sum(right) / len(right) >= ENOUGH,
            "verdicts": verdicts,
        }
    text = json.dumps({"seed": seed, "tasks": found}, ensure_ascii=False, indent=1)
    (folder / ANSWERABILITY_FILE).write_text(f"{text}\n", encoding="utf-8", newline="\n")
    return found
