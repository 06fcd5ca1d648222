"""Commands and pages that should be there at once: processor seconds beside their limit and importing typer.

Importing the app must load neither torch nor transformers. Once it is ready it loads its models in the
background: the clock's seconds until all of them are warm. Its start stands beside Label Studio's in
`benchmarks.label_studio`.

    python -m benchmarks.start [--repeats 5]
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks._common import report
from benchmarks._programs import child_s, served_app
from benchmarks._rows import row
from live_demo.models import offers

NOTHING = "import typer.rich_utils"
COMMAND = "import sys; from amarathon.cli import main; sys.argv = ['amarathon', '{}']; main()"
COMMANDS = ("--help", "tasks")
LIMIT_S = 0.3
WARM_WITHIN_S, GIVES_UP_AFTER_S = 10.0, 60.0
PORT = 7893
COSTS = "demo/costs"
# The app must not load them before a page is asked for.
HEAVY = ("torch", "transformers")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    ways = {"typer": NOTHING} | {name: COMMAND.format(name) for name in COMMANDS}
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(arguments.repeats):
        for name, code in ways.items():
            seconds[name].append(child_s([sys.executable, "-c", code]))
    rows = []
    for name in COMMANDS:
        what = f"`amarathon {name}`"
        rows.append(row(what, seconds[name], [LIMIT_S], "limit", unit="CPU s", at_most=1.0))
        rows.append(row(what, seconds[name], seconds["typer"], "importing typer alone", unit="CPU s"))
    rows.append(warm_models())
    report("start", {"repeats": arguments.repeats, "rows": rows, "app_imports": app_imports()})


def warm_models() -> dict[str, Any]:
    """Seconds from when the app is ready until every model of the demo has answered its warm-up."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        with served_app(data, PORT):
            began = time.monotonic()
            # What a model's warm-up took is kept in a file for each.
            while len(list((data / COSTS).glob("*.json"))) < len(offers("small")):
                if time.monotonic() - began > GIVES_UP_AFTER_S:
                    raise SystemExit(f"The models were not warm after {GIVES_UP_AFTER_S:.0f} s.")
                time.sleep(0.1)
            taken = time.monotonic() - began
    return row("Every model warm, once the app is ready", [taken], [WARM_WITHIN_S], "limit", at_most=1.0)


def app_imports() -> dict[str, Any]:
    """Which heavy libraries importing the app loads."""
    code = f"import sys, app; print(*(name for name in {HEAVY!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return {name: name in done.stdout.split() for name in HEAVY}


if __name__ == "__main__":
    main()
