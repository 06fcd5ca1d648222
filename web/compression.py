"""What is sent in a compressed form, and who takes which."""

import gzip
from collections.abc import Callable
from typing import Literal

import brotli

Coding = Literal["br", "gzip"]

# Of the better the first. Quality 5 takes as long as gzip and is smaller; 11 takes twenty times as long.
CODINGS: dict[Coding, Callable[[bytes], bytes]] = {
    "br": lambda body: brotli.compress(body, quality=5),
    "gzip": lambda body: gzip.compress(body, compresslevel=6, mtime=0),
}


def accepted_coding(header: str) -> Coding | None:
    """The best coding that ``Accept-Encoding`` allows (RFC 9110, section 12.5.3)."""
    weights = {}
    for item in header.lower().split(","):
        coding, _, parameter = item.partition(";")
        weights[coding.strip()] = _weight(parameter)
    allowed = {coding: weights.get(coding, weights.get("*", 0.0)) for coding in CODINGS}
    best = max(allowed, key=allowed.__getitem__)
    return best if allowed[best] > 0 else None


def _weight(parameter: str) -> float:
    """What ``q=`` says; 1 where it says nothing, 0 where it cannot be read."""
    name, _, value = parameter.replace(" ", "").partition("=")
    if name != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
