"""Where an evaluation's answers are computed, by name."""

import os

from amarathon.errors import RunError
from amarathon.runs.engines.base import DeferredModel, Engine, Workers
from amarathon.runs.engines.local import LocalEngine
from amarathon.runs.engines.threads import ThreadEngine

__all__ = ["DeferredModel", "Engine", "LocalEngine", "ThreadEngine", "Workers", "engine_by_name"]


def engine_by_name(name: str) -> Engine:
    """An engine with its own defaults; Ray's cluster is the one that ``RAY_ADDRESS`` names, if it does.

    Raises
    ------
    RunError
        If there is none of this name.
    """
    if name == LocalEngine.name:
        return LocalEngine()
    if name == ThreadEngine.name:
        return ThreadEngine()
    if name == "ray":
        from amarathon.runs.engines.ray import RayEngine

        return RayEngine(os.environ.get("RAY_ADDRESS"))
    raise RunError(f"There is no engine {name!r}; use local, threads or ray.")
