"""The ten tasks, read from one YAML file each.

>>> from amarathon.tasks import TASKS
>>> TASKS["SCR"].name
'Speech Content Reasoning'
"""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from amarathon.tasks.registry import load_tasks
from amarathon.tasks.task import Message, Task, free_question

if TYPE_CHECKING:
    TASKS: Mapping[str, Task]

__all__ = ["TASKS", "Message", "Task", "all_tasks", "free_question", "load_tasks"]


@cache
def all_tasks() -> Mapping[str, Task]:
    """Every task by its code, in the paper's order; read once, when first used."""
    return load_tasks()


def __getattr__(name: str) -> Any:
    if name == "TASKS":
        return all_tasks()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
