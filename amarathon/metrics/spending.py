"""What a service's answers cost in all."""

from collections.abc import Mapping, Sequence
from typing import Any

from amarathon.metrics.cells import Spending


def count_spending(answered: Sequence[Mapping[str, Any]]) -> Spending | None:
    """Sum up dollars, of the answers that tell them.

    Parameters
    ----------
    answered : sequence of mapping
        Records without an error.
    """
    told = [prediction["service"]["usd"] for prediction in answered if prediction.get("service")]
    known = [usd for usd in told if usd is not None]
    return Spending(count=len(known), usd=sum(known)) if known else None
