"""The ten tasks, and the kinds of task that imported benchmarks have, read from one YAML file each.

>>> from amarathon.tasks import TASKS
>>> TASKS["SCR"].name
'Speech Content Reasoning'

`TASKS` are AudioMarathon's ten; `KINDS` are what other benchmarks ask; `EVERY_TASK` are both, for whatever
reads, asks or scores samples of any dataset.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from amarathon.tasks.registry import load_tasks
from amarathon.tasks.task import Message, Task, free_question

if TYPE_CHECKING:
    TASKS: Mapping[str, Task]
    KINDS: Mapping[str, Task]
    EVERY_TASK: Mapping[str, Task]

__all__ = ["EVERY_TASK", "KINDS", "TASKS", "Message", "Task", "all_tasks", "free_question", "load_tasks"]


@cache
def all_tasks() -> Mapping[str, Task]:
    """Every task by its code, in the paper's order; read once, when first used."""
    return load_tasks()


@cache
def all_kinds() -> Mapping[str, Task]:
    """Every kind of task of imported benchmarks, by its code."""
    return load_tasks(files("amarathon.tasks") / "kinds")


@cache
def every_task() -> Mapping[str, Task]:
    """The ten tasks and the kinds, by code."""
    return MappingProxyType({**all_tasks(), **all_kinds()})


_REGISTRIES = {"TASKS": all_tasks, "KINDS": all_kinds, "EVERY_TASK": every_task}


def __getattr__(name: str) -> Any:
    if name in _REGISTRIES:
        return _REGISTRIES[name]()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
