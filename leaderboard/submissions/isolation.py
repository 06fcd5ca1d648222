"""Starting `leaderboard.submissions.child`, and what its end means."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from leaderboard.submissions.errors import NoRoomError, SubmissionError, TooLargeError

PROJECT = Path(__file__).parents[2]
# What a child needs to find its libraries; passwords of the server are none of it.
NEEDED = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "PYTHONUTF8", "PYTHONHOME", "LD_LIBRARY_PATH")

# Refusals that have a status of their own; any other is that of the submission.
KINDS = {kind.__name__: kind for kind in (TooLargeError, NoRoomError)}


def in_child(verb: str, timeout_s: float, **arguments: Any) -> None:
    """Run a verb of the child.

    Raises
    ------
    SubmissionError
        What it refused; or it crashed, or took too long.
    """
    search = os.pathsep.join(filter(None, [str(PROJECT), os.environ.get("PYTHONPATH")]))
    environment = {name: os.environ[name] for name in NEEDED if name in os.environ}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "leaderboard.submissions.child", verb, json.dumps(arguments)],
            # One thread: the limit on memory counts the room that every further one would reserve.
            env=environment | {"PYTHONPATH": search, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
            capture_output=True,
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise TooLargeError(f"This was given up: it was not done after {timeout_s:.0f} s.") from None
    if done.returncode < 0:
        raise SubmissionError("This makes the reader crash, or was ended: nothing of it is kept.")
    if done.returncode > 0:
        raise RuntimeError(f"the child failed:\n{done.stderr.decode(errors='replace')}")
    answer = json.loads(done.stdout)
    if "error" in answer:
        raise KINDS.get(answer["kind"], SubmissionError)(answer["error"])
