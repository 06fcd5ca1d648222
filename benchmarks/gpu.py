"""A model of Qwen2.5-Omni-3B's shape on this GPU, each stage beside what the device can do.

Random weights in bfloat16 and 300 s of audio: nothing is downloaded. Encoder and prefill in TFLOP/s beside a
product of matrices, pruned prefills beside the ratio of their operations, what evictions add, decoding in
bytes a second beside the memory's, the whole grid together beside each configuration alone; for each part
the peak of memory and how often the host waits for the GPU. With ``--write`` the page
``docs/findings/gpu.md`` is made of it. A part that fails is named, and the others are kept.

    python -m benchmarks.gpu [--tokens 7500] [--repeats 5] [--write]
"""

import argparse
import sys
from pathlib import Path
from typing import Any

import torch

from amarathon.models.memory import PeakMemory
from amarathon.runs.markdown import table
from benchmarks._common import report
from benchmarks._gpu_parts import PARTS, Setting, counted_syncs
from benchmarks._models import SHAPES, add_arguments, random_model, random_prompt

PAGE = Path(__file__).resolve().parents[1] / "docs/findings/gpu.md"
HEAD = ("Part", "Figure", "Beside", "Its figure", "Ratio")
NO_GPU = (
    "There is no GPU here, and this command measures one: run it where torch.cuda.is_available() is true. "
    "Its parts are tested on a processor in tests/benchmarks/test_gpu.py."
)


def main() -> None:
    """Print the figures, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    add_arguments(parser)
    parser.set_defaults(shape="3b")
    parser.add_argument("--write", action="store_true", help=f"Write {PAGE.name}.")
    arguments = parser.parse_args()
    if not torch.cuda.is_available():
        raise SystemExit(NO_GPU)
    model = random_model(SHAPES[arguments.shape])
    prompt = random_prompt(model, arguments.tokens)
    found = measure(Setting(model, prompt, arguments.tokens, arguments.repeats))
    document = report(
        "gpu",
        {
            "shape": arguments.shape,
            "dtype": str(model.model.dtype),
            "tokens": arguments.tokens,
            "repeats": arguments.repeats,
            "torch": torch.__version__,
            **found,
        },
    )
    if arguments.write:
        PAGE.write_text(page(document), encoding="utf-8")
    if found["failed"]:
        sys.exit(f"Failed: {', '.join(found['failed'])}")


def measure(setting: Setting) -> dict[str, Any]:
    """Every part; one that fails is named with torch's sentence."""
    rows: list[dict[str, Any]] = []
    peaks: dict[str, int] = {}
    waits: dict[str, list[str]] = {}
    failed: dict[str, str] = {}
    for title, part in PARTS.items():
        sys.stderr.write(f"{title}\n")
        try:
            with PeakMemory(setting.model.device) as memory:
                measured, timed = part(setting)
            for name, way in timed.items() if setting.model.device.type == "cuda" else ():
                with counted_syncs() as waits[name]:
                    way()
        # Too little memory, or a kernel that is not there; or a branch that differs from its own run.
        except (RuntimeError, SystemExit) as error:
            failed[title] = str(error).partition("\n")[0]
            continue
        rows += measured
        peaks[title] = memory.peak_bytes
    return {"rows": rows, "peak_bytes": peaks, "host_waits": waits, "failed": failed}


def page(document: dict[str, Any] | None) -> str:
    """The page of findings; without a document, that nothing is measured."""
    head = "# On a GPU\n\nWritten by `python -m benchmarks.gpu --write`; none of it is typed. "
    if document is None:
        rows = [[title, "not measured", "", "", ""] for title in PARTS]
        return f"{head}No GPU was to be had so far.\n\n{table(HEAD, rows)}\n"
    rows = [
        [
            each["what"],
            f"{each['value']:.3g} {each['unit']}",
            each["beside"],
            f"{each['peer']:.3g}",
            f"{each['ratio']:.2f} ({each['low']:.2f} to {each['high']:.2f})",
        ]
        for each in document["rows"]
    ]
    rows += [[title, f"failed: {why}", "", "", ""] for title, why in document["failed"].items()]
    memory = [[title, f"{peak / 2**30:.1f}"] for title, peak in document["peak_bytes"].items()]
    waits = [[f"`{name}`", str(len(found))] for name, found in document["host_waits"].items()]
    hardware, dtype = document["hardware"], document["dtype"].removeprefix("torch.")
    return f"""{head}
{hardware["gpu"]}, CUDA {hardware["cuda"]}, torch {document["torch"]}; shape {document["shape"]}, {dtype},
{document["tokens"]} audio tokens, random weights; medians of {document["repeats"]} repeats in turn.

{table(HEAD, rows)}

{table(["Peak memory", "GiB"], memory)}

How often the host waits for the GPU within one timed call, which should be never:

{table(["Timed call", "Waits"], waits)}
"""


if __name__ == "__main__":
    main()
