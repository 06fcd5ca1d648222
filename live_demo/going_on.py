"""Going on where replies were cut off: the same question with a longer limit, and the answers that stay."""

from live_demo.context import KnownAnswers
from live_demo.errors import DemoError
from live_demo.limits import LONGEST_REPLY_TOKENS
from live_demo.question import Ask
from live_demo.results import ComparisonResults

# How much longer replies may be, where nobody says.
LONGER = 4


def longer(found: ComparisonResults, longest: int | None, revision: str) -> tuple[Ask, KnownAnswers | None]:
    """The question with a longer limit, and the answers that no limit cut.

    Parameters
    ----------
    found : ComparisonResults
    longest : int, optional
        The new limit.
    revision : str
        Of the model now: answers of other weights are not known.

    Raises
    ------
    DemoError
        If no reply was cut off, or none may be longer.
    """
    record = found.comparison
    cut = {row.configuration for row in found.rows() if row.cut_off}
    if not cut:
        raise DemoError("No reply of this comparison was cut off.")
    limit = min(longest or LONGER * record.ask.max_new_tokens, LONGEST_REPLY_TOKENS)
    if limit <= record.ask.max_new_tokens:
        raise DemoError(f"Replies have at most {LONGEST_REPLY_TOKENS} tokens.")
    ask = Ask.read({**record.ask.model_dump(), "max_new_tokens": limit})
    # Times that are repeated are all taken anew.
    if revision != found.run.header.model.revision or ask.repeats > 1:
        return ask, None
    done = [one for one in found.predictions if one.configuration not in cut and one.error is None]
    names = {one.configuration for one in done}
    kept = [one for one in found.kept_records() if one.configuration in names]
    return ask, KnownAnswers(record.id, done, kept)
