"""Replies that say in plain words that they will not answer; counted for reports, never for a score."""

import re

_WILL_NOT = r"(?:can(?:no|'|’)t|can not|am (?:un|not )able to|won(?:'|’)t|will not|must decline|do not have)"
_DECLINES = re.compile(
    rf"\W*(?:(?:i(?:'|’)?m|i am|we(?:'|’)re) (?:very |really )?sorry|sorry|i apologi[sz]e|unfortunately"
    rf"|as an ai\b|i {_WILL_NOT})",
    re.IGNORECASE,
)


def declines(reply: str) -> bool:
    """Whether a reply begins as refusals in English do.

    Examples
    --------
    >>> declines("I'm sorry, but I can't identify speakers by their voices.")
    True
    >>> declines("A. I cannot hear a second speaker.")
    False
    """
    return _DECLINES.match(reply) is not None
