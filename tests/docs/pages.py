"""The documentation's pages: as they are written, and with the tables that the registries fill in."""

import re
from functools import cache
from pathlib import Path

from docs import registries

ROOT = Path(__file__).parents[2]
PATHS = sorted([*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")])
# Shell lines that stand in the text: indented, or in a fenced block.
PROGRAMS = r"amarathon|python -m human_eval|python -m leaderboard|make"
SHELL = re.compile(rf"^(?: {{4}})?((?:[A-Z_]+=\S+ )*(?:\.venv/bin/)?(?:{PROGRAMS})\b.*)$", re.M)


@cache
def pages() -> dict[str, str]:
    """Every page's whole text, by its path in the repository."""
    return {
        path.relative_to(ROOT).as_posix(): registries.on_page_markdown(path.read_text(encoding="utf-8"))
        for path in PATHS
    }


def every(pattern: str, flags: int = 0) -> list[tuple[str, str]]:
    """Everything in the pages that matches, with the page's path."""
    return [(page, found) for page, text in pages().items() for found in re.findall(pattern, text, flags)]


def command_lines() -> list[tuple[str, str]]:
    """Every shell line in the pages that calls one of the project's programs, without its comment."""
    found = []
    for page, text in pages().items():
        for line in SHELL.findall(text.replace("\\\n", " ")):
            words = line.split("  #")[0].split()
            while re.fullmatch(r"[A-Z_]+=\S+", words[0]):
                words.pop(0)
            found.append((page, " ".join(words).removeprefix(".venv/bin/")))
    return found
