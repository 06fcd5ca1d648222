"""Texts of run folders, which come from anywhere: none may fill the page."""

LONGEST_TEXT = 300


def short(text: str) -> str:
    """A text cut to what a page can show."""
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def short_texts(texts: dict[str, str]) -> dict[str, str]:
    """Names and texts, no more and no longer than a page can show."""
    return {short(name): short(value) for name, value in list(texts.items())[:50]}
