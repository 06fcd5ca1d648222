"""How the models of the paper's table of models are run today, or why they cannot be."""

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache

from leaderboard.tables import FOLDER

TODAY_FILE = "table3_today.csv"


@dataclass(frozen=True)
class ModelToday:
    """A row of Table 3, as of a day.

    Attributes
    ----------
    model : str
        As printed.
    command : str
        Runs it, with ``DATASET`` for a folder or a dataset of the Hub; empty where nothing can.
    says : str
        A sentence: why there is no command, or what the command needs.
    source : str
        The page that says so, or holds the weights.
    checked : date
        When that page was read.
    """

    model: str
    command: str
    says: str
    source: str
    checked: date


@cache
def models_today() -> tuple[ModelToday, ...]:
    """The models in the order of the table; read once.

    Raises
    ------
    ValueError
        If a line has neither a command nor a sentence, or no source.
    """
    found = []
    for row in csv.DictReader((FOLDER / TODAY_FILE).read_text(encoding="utf-8").splitlines()):
        if not (row["command"] or row["says"]) or not row["source"].startswith("https://"):
            raise ValueError(f"{TODAY_FILE}: {row['model']} has neither a command nor a reason with a source")
        checked = date.fromisoformat(row["checked"])
        found.append(ModelToday(row["model"], row["command"], row["says"], row["source"], checked))
    return tuple(found)
