"""One run's full record, kept while its files are as they are."""

from collections import OrderedDict
from dataclasses import dataclass

from amarathon.runs.summary import read_summary
from leaderboard.answers import run_answer
from leaderboard.store import State
from web.errors import RefusedError
from web.json_api import CachedJson

# Documents that are kept; one of a large run has some megabytes.
KEPT = 8


class NotThereError(RefusedError):
    """A run or a table that is not here."""

    status = 404


@dataclass(frozen=True)
class _Key:
    folder: str
    stamp: object


class RunDetails:
    """Makes the document of a run when it is asked for, and keeps the last ones."""

    def __init__(self) -> None:
        self._kept: OrderedDict[_Key, CachedJson] = OrderedDict()

    def of(self, state: State, identifier: str) -> CachedJson:
        """The document of a run by the name of its folder.

        Raises
        ------
        NotThereError
        """
        run = state.runs.get(identifier)
        if run is None:
            raise NotThereError("There is no run of this id with scores; /v1/runs lists them.")
        key = _Key(identifier, state.found.stamp[run.folder])
        found = self._kept.pop(key, None)
        if found is None:
            summary = read_summary(run.folder)
            if summary is None:
                raise NotThereError("This run has no scores any more; /v1/runs lists those that have.")
            answer = run_answer(identifier, run.header, summary)
            found = CachedJson.of(answer.model_dump(mode="json"))
        # Of two requests at once both may make it; either is right.
        self._kept[key] = found
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return found
