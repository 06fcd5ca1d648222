"""No stranger's text becomes a formula."""

import csv
import io
import math

import pytest

from web.spreadsheets import safe_cell

FORMULAS = [
    "=1+1",
    "=cmd|'/C calc'!A0",
    "+1",
    "-1+2",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "  =1",
    "\N{FULLWIDTH EQUALS SIGN}1",
    "\N{FULLWIDTH PLUS SIGN}1",
    "\N{FULLWIDTH HYPHEN-MINUS}1",
    "\N{FULLWIDTH COMMERCIAL AT}A1",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_begins_a_formula_is_text(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("value", ["", "a = b", "so - on", "ä", 1, -1.5, True, None, math.inf])
def test_everything_else_stays_what_it_is(value: object) -> None:
    assert safe_cell(value) is value


def test_nothing_is_left_of_a_cell_after_a_round_through_csv() -> None:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerow(map(safe_cell, FORMULAS))
    (row,) = csv.reader(io.StringIO(out.getvalue()))
    assert [cell.removeprefix("'") for cell in row] == FORMULAS
