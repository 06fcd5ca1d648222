"""Evaluations and their records: run, resume, read back, sum up.

Reading a run imports neither torch nor transformers.
"""

from amarathon.runs.evaluation import DeferredModel, RunProgress, evaluate
from amarathon.runs.reading import BrokenRun, Run, find_runs, read_run
from amarathon.runs.summary import Summary, summarise

__all__ = [
    "BrokenRun",
    "DeferredModel",
    "Run",
    "RunProgress",
    "Summary",
    "evaluate",
    "find_runs",
    "read_run",
    "summarise",
]
