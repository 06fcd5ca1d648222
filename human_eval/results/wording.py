"""Words around figures."""


def quantity(count: int, singular: str, plural: str | None = None) -> str:
    """A count with its noun, such as ``"1,000 answers"``."""
    return f"{count:,} {singular if count == 1 else plural or singular + 's'}"
