"""Cells of tables that people open in a spreadsheet."""

from typing import Any

# What a spreadsheet takes for the beginning of a formula, in whatever width it is written (CWE-1236). A tab
# or a line's end before it is passed over by some.
FORMULAS: tuple[str, ...] = ("=", "+", "-", "@", "\N{FULLWIDTH EQUALS SIGN}", "\N{FULLWIDTH PLUS SIGN}")
FORMULAS += ("\N{FULLWIDTH HYPHEN-MINUS}", "\N{FULLWIDTH COMMERCIAL AT}", "\t", "\r", "\n")


def safe_cell(value: Any) -> Any:
    """A value for a spreadsheet, which must not take a stranger's text for a formula.

    Text that would be one gets an apostrophe before it; numbers stay numbers.
    """
    if isinstance(value, str) and value.lstrip(" ").startswith(FORMULAS):
        return f"'{value}"
    return value
