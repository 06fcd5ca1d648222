"""A run's scores broken down: by task, slice and duration, with intervals, beside what chance scores."""

from amarathon.breakdown.breakdown import break_down
from amarathon.breakdown.records import OVERALL, Breakdown, ChanceCell, Evidence, ScoreCell, WordErrorTable

__all__ = ["OVERALL", "Breakdown", "ChanceCell", "Evidence", "ScoreCell", "WordErrorTable", "break_down"]
