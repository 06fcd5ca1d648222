"""Speed, memory and energy of one configuration run alone; the only figures that are ranked by speed.

Reading records needs neither torch nor transformers.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from amarathon.efficiency.records import EFFICIENCY_FILE, EfficiencyRecord, Memory, Spread, read_efficiency

if TYPE_CHECKING:
    from amarathon.efficiency.measuring import Measured, measure
    from amarathon.efficiency.recording import record_efficiency

__all__ = [
    "EFFICIENCY_FILE",
    "EfficiencyRecord",
    "Measured",
    "Memory",
    "Spread",
    "measure",
    "read_efficiency",
    "record_efficiency",
]

_HOMES = {
    "Measured": "amarathon.efficiency.measuring",
    "measure": "amarathon.efficiency.measuring",
    "record_efficiency": "amarathon.efficiency.recording",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
