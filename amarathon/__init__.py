"""AudioMarathon: how well audio language models understand minutes of audio, and at what cost.

The names below are the library's front; each is imported when it is first used, so that
``import amarathon`` needs neither torch nor transformers.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.2.0"

if TYPE_CHECKING:
    from amarathon.compression import compress
    from amarathon.generation.sweep import sweep
    from amarathon.models import load_model
    from amarathon.runs import evaluate
    from amarathon.tasks import TASKS

__all__ = ["TASKS", "__version__", "compress", "evaluate", "load_model", "sweep"]

_HOMES = {
    "TASKS": "amarathon.tasks",
    "compress": "amarathon.compression",
    "evaluate": "amarathon.runs",
    "load_model": "amarathon.models",
    "sweep": "amarathon.generation.sweep",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
