"""The model in bfloat16 beside float32: how much faster it encodes and prefills, and what it answers.

Seconds of the encoder and of the prefill on noise, both dtypes in turn in one process; then all bundled
samples under a few configurations, reply by reply and score by score. With ``--write`` the page
``docs/findings/bfloat16.md`` is made of it. A processor without instructions for bfloat16 is not measured:
there it is computed by way of float32 and slower.

    python -m benchmarks.bfloat16 [--quick] [--limit 1] [--write]
"""

import argparse
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from amarathon.datasets import load_dataset
from amarathon.datasets.bundled import BUNDLED, EXAMPLES
from amarathon.generation.outcome import Outcome
from amarathon.generation.sweep import sweep
from amarathon.metrics.cells import OVERALL
from amarathon.models import load_model
from amarathon.models.dtypes import has_instructions
from amarathon.models.open_model import OpenModel
from amarathon.runs import evaluate, read_run
from amarathon.runs.markdown import number, table
from amarathon.runs.records import Prediction
from amarathon.tasks import TASKS
from amarathon.tasks.sample import Sample
from benchmarks._common import report
from benchmarks._rows import row
from benchmarks._sounds import noise

PAGE = Path(__file__).resolve().parents[1] / "docs/findings/bfloat16.md"
DTYPES = ("float32", "bfloat16")
STAGES = {"encoder_s": "Encoder", "prefill_s": "Prefill", "decode_s": "24 tokens of a reply"}
CONFIGURATIONS = ["vanilla", "frame@0.6", "fastv@0.6", "snapkv@0.5"]
# What the issue of speed wants of both stages.
WANTED = 2.0


def main() -> None:
    """Print the figures, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="One repeat.")
    parser.add_argument("--limit", type=int, help="Most samples of a task; all by default.")
    parser.add_argument("--seconds", type=int, default=300, help="Of the noise that is timed.")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--write", action="store_true", help=f"Write {PAGE.name}.")
    arguments = parser.parse_args()
    repeats = 1 if arguments.quick else arguments.repeats
    found = measure(arguments.seconds, repeats, arguments.limit)
    document = report("bfloat16", found | {"load": os.getloadavg()[0]})
    if arguments.write:
        PAGE.write_text(page(document), encoding="utf-8")


def measure(seconds: int, repeats: int, limit: int | None) -> dict[str, Any]:
    """Time both, and ask both all samples (at most `limit` of a task)."""
    if not (torch.cuda.is_available() or has_instructions("bfloat16")):
        return {"not_measured": "this processor has no instructions for bfloat16", "rows": []}
    models = {dtype: load_model("small", dtype=dtype) for dtype in DTYPES}
    taken = timings(models, seconds, repeats)
    rows = [
        row(
            f"{STAGES[stage]} in float32, {seconds} s of sound",
            taken["float32"][stage],
            taken["bfloat16"][stage],
            "the same in bfloat16",
            at_least=WANTED if stage != "decode_s" else None,
        )
        for stage in STAGES
    ]
    samples = [sample for name in (BUNDLED, EXAMPLES) for sample in load_dataset(name, None, limit).samples]
    return {"seconds_of_sound": seconds, "repeats": repeats, "rows": rows, **answers(models, samples)}


def timings(models: dict[str, OpenModel], seconds: int, repeats: int) -> dict[str, dict[str, list[float]]]:
    """Seconds of each stage in each dtype, taken in turn behind a round that does not count."""
    sound, messages = noise(seconds), TASKS["ASR"].free_messages("", [])
    found: dict[str, dict[str, list[float]]] = {name: {stage: [] for stage in STAGES} for name in models}
    for repeat in range(repeats + 1):
        for name, model in models.items():
            events = sweep(model, sound, messages, ["vanilla"], max_new_tokens=24)
            outcome = next(event for event in events if isinstance(event, Outcome))
            for stage in STAGES if repeat else ():
                found[name][stage].append(getattr(outcome.timings, stage))
    return found


def answers(models: dict[str, OpenModel], samples: Sequence[Sample]) -> dict[str, Any]:
    """Replies and scores of both, configuration by configuration."""
    scores: dict[str, dict[str, float | None]] = {}
    records: dict[str, dict[tuple[str, str], Prediction]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, model in models.items():
            summary = evaluate(model, samples, CONFIGURATIONS, Path(folder) / name)
            scores[name] = {
                configuration: next(
                    cell.score
                    for cell in breakdown.cells
                    if (cell.task, cell.protocol) == (OVERALL, "strict")
                )
                for configuration, breakdown in summary.breakdowns.items()
            }
            run = read_run(Path(folder) / name)
            records[name] = {(each.configuration, each.sample_id): each for each in run.predictions()}
    compared = [compare(records, configuration) for configuration in CONFIGURATIONS]
    return {"samples": len(samples), "answers": compared, "scores": scores}


def compare(records: dict[str, dict[tuple[str, str], Prediction]], configuration: str) -> dict[str, Any]:
    """How many replies and letters of a configuration are alike, and which are not."""
    full, short = (
        {key: each for key, each in records[name].items() if key[0] == configuration} for name in DTYPES
    )
    pairs = [(full[key], short[key]) for key in full]
    letters = [(one, other) for one, other in pairs if TASKS[one.task].is_multiple_choice]
    return {
        "configuration": configuration,
        "replies": len(pairs),
        "replies_equal": sum(one.reply == other.reply for one, other in pairs),
        "letters": len(letters),
        "letters_equal": sum(one.answer_read == other.answer_read for one, other in letters),
        "letters_other": [one.sample_id for one, other in letters if one.answer_read != other.answer_read],
    }


def page(document: dict[str, Any]) -> str:
    """The page of findings."""
    head = (
        "# What bfloat16 changes\n\nWritten by `python -m benchmarks.bfloat16 --write`; none of it is typed. "
    )
    if "not_measured" in document:
        return f"{head}Not measured: {document['not_measured']}.\n"
    times = [
        [each["what"], f"{each['value']:.2f}", f"{each['peer']:.2f}", spread(each)]
        for each in document["rows"]
    ]
    alike = [
        [
            f"`{each['configuration']}`",
            f"{each['letters_equal']} of {each['letters']}",
            f"{each['replies_equal']} of {each['replies']}",
            *(number(document["scores"][dtype][each["configuration"]]) for dtype in DTYPES),
        ]
        for each in document["answers"]
    ]
    others = sorted({sample for each in document["answers"] for sample in each["letters_other"]})
    named = (
        f"Samples whose letter differs somewhere: {', '.join(others)}." if others else "No letter differs."
    )
    here = document["hardware"]
    return f"""{head}The small model (`small`),
{here["cpu"]}, threads {here["threads"]}; {document["repeats"]} repeats of both dtypes in turn, load
{document["load"]:.0f} at the end: where others used the machine as well, only ratios say something.

## Time

{table(["Stage", "float32, s", "bfloat16, s", "Ratio (of the pairs)"], times)}

## Answers to all {document["samples"]} bundled samples

{table(["Configuration", "Letters alike", "Replies alike", "Score, float32", "Score, bfloat16"], alike)}

{named}
Scores are strict means over tasks of few samples each, and say nothing of the model's quality: they stand
here for the difference. Records say which dtype answered (`amarathon evaluate --dtype bfloat16`), and a run
is never continued in another one.
"""


def spread(each: dict[str, Any]) -> str:
    """A ratio with that of the pairs."""
    return f"{each['ratio']:.2f} ({each['low']:.2f} to {each['high']:.2f})"


if __name__ == "__main__":
    main()
