"""Commands and pages that should be there at once: processor seconds beside their limit and importing typer.

Importing the app must load neither torch nor transformers. Its start stands beside Label Studio's in
`benchmarks.label_studio`.

    python -m benchmarks.start [--repeats 5]
"""

import argparse
import subprocess
import sys
from typing import Any

from benchmarks._common import report
from benchmarks._programs import child_s
from benchmarks._rows import row

NOTHING = "import typer.rich_utils"
COMMAND = "import sys; from amarathon.cli import main; sys.argv = ['amarathon', '{}']; main()"
COMMANDS = ("--help", "tasks")
LIMIT_S = 0.3
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
    report("start", {"repeats": arguments.repeats, "rows": rows, "app_imports": app_imports()})


def app_imports() -> dict[str, Any]:
    """Which heavy libraries importing the app loads."""
    code = f"import sys, app; print(*(name for name in {HEAVY!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return {name: name in done.stdout.split() for name in HEAVY}


if __name__ == "__main__":
    main()
