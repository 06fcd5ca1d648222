"""Evaluations and their records: run, resume, read back, sum up, compare.

Reading a run imports neither torch nor transformers. What scores is imported when it is first
used: scikit-learn and jiwer take a second.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from amarathon.runs.engines.base import DeferredModel
from amarathon.runs.evaluation import RunProgress, evaluate
from amarathon.runs.reading import BrokenRun, Run, find_runs, read_run

if TYPE_CHECKING:
    from amarathon.runs.paired import PairedComparison, compare_configurations, compare_runs
    from amarathon.runs.summary import Summary, summarise

__all__ = [
    "BrokenRun",
    "DeferredModel",
    "PairedComparison",
    "Run",
    "RunProgress",
    "Summary",
    "compare_configurations",
    "compare_runs",
    "evaluate",
    "find_runs",
    "read_run",
    "summarise",
]

_HOMES = {
    "PairedComparison": "amarathon.runs.paired",
    "Summary": "amarathon.runs.summary",
    "compare_configurations": "amarathon.runs.paired",
    "compare_runs": "amarathon.runs.paired",
    "summarise": "amarathon.runs.summary",
}

if not TYPE_CHECKING:  # a checker would take every name for one that exists

    def __getattr__(name: str) -> Any:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(_HOMES[name]), name)
