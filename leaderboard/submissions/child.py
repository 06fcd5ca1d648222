"""What is done with strangers' files, in a process of its own: ``python -m leaderboard.submissions.child``.

Memory is bounded, and so is time by who starts it. A file that makes it grow or crash takes down the
child; scoring, which keeps a core busy for minutes, leaves the server's own threads alone.
"""

import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

from amarathon.errors import AmarathonError
from leaderboard.submissions.limits import CHECKING_MEMORY
from web.errors import storage_sentence

POLITE = 10


def main() -> None:
    """Do what the arguments say and print the result, or the sentence that refuses it, as JSON."""
    os.nice(POLITE)
    resource.setrlimit(resource.RLIMIT_AS, (CHECKING_MEMORY, CHECKING_MEMORY))
    verb, arguments = sys.argv[1], json.loads(sys.argv[2])
    try:
        VERBS[verb](arguments)
        answer = {}
    except AmarathonError as error:
        answer = {"error": str(error), "kind": type(error).__name__}
    except OSError as error:
        answer = {"error": storage_sentence(error), "kind": "NoRoomError"}
    except MemoryError:
        answer = {"error": "Reading this takes too much memory.", "kind": "TooLargeError"}
    sys.stdout.write(json.dumps(answer))


def _check(arguments: dict[str, Any]) -> None:
    from leaderboard.submissions.examination import examine

    roots = [Path(root) for root in arguments["roots"]]
    examine(Path(arguments["file"]), Path(arguments["to"]), roots, arguments["reference"])


def _score(arguments: dict[str, Any]) -> None:
    from amarathon.runs.summary import write_summary

    write_summary(Path(arguments["folder"]))


VERBS = {"check": _check, "score": _score}

if __name__ == "__main__":
    main()
