"""The LaTeX that the page gives out is typeset by pdfLaTeX, whatever stands in it."""

import shutil
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from leaderboard.assets import STATIC
from tests.browser.boards import opened
from tests.leaderboard.run_folders import write_run

HOSTILE = "Größe_1 50% & {x}^2 ~#$\\ “a” <b>|c| 模型 🎵 −3 ±1 × ÷ … – — é ş ő ǰ ∞ ‮ --x"
# Every sign with a writing of its own here, and every other kind.
WRITTEN = {
    "−": "$-$",
    "±": "$\\pm$",
    "–": "--",
    "—": "---",
    "…": "\\ldots{}",
    "×": "$\\times$",
    "%": "\\%",
    "_": "\\_",
    "&": "\\&",
    "#": "\\#",
    "$": "\\$",
    "{": "\\{",
    "}": "\\}",
    "~": "\\textasciitilde{}",
    "^": "\\textasciicircum{}",
    "\\": "\\textbackslash{}",
    "<": "\\textless{}",
    "“": "``",
    "\u00a0": "~",
    "é": "\\'{e}",
    "í": "\\'{\\i}",
    "ç": "\\c{c}",
    "e\u0301": "\\'{e}",
    "µ": "$\\mu$",
    "λ": "$\\lambda$",
    "²": "$^{2}$",
    "₂": "$_{2}$",
    "½": "$\\frac{1}{2}$",
    "ß": "\\ss{}",
    "模": "[U+6A21]",
    "🎵": "[U+1F3B5]",
    "\u200b": "",
    "\u202e": "",
    "\x07": "[U+0007]",
    "a--b---c": "a-{}-b-{}-{}-c",
    "a\r\nb\u2028c": "a b c",
    "constructor": "constructor",
}
EVERYTHING = [*range(1, 0x2600), 0x4E2D, 0xD7A3, 0xFB01, 0xFEFF, 0xFFFD, 0x1D54F, 0x1F600]


def typeset(folder: Path, body: str) -> None:
    """Make a PDF of it, without any package but booktabs."""
    if shutil.which("pdflatex") is None:
        pytest.fail("TeX is missing: install Debian's texlive-latex-base and texlive-latex-recommended.")
    folder.mkdir(exist_ok=True)
    document = (
        f"\\documentclass{{article}}\\usepackage{{booktabs}}\\begin{{document}}\n{body}\n\\end{{document}}\n"
    )
    (folder / "page.tex").write_text(document, encoding="utf-8")
    made = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "page.tex"],
        cwd=folder,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    assert made.returncode == 0, made.stdout[-3000:]
    log = (folder / "page.log").read_text(errors="replace")
    assert "Missing character" not in log
    assert (folder / "page.pdf").stat().st_size > 1000


def escape(page: Page, texts: list[str]) -> list[str]:
    """What the page's own script makes of texts."""
    script = "([address, texts]) => import(address).then(({ escaped }) => texts.map(escaped))"
    return page.evaluate(script, [f"{STATIC.address}/latex.js", texts])


def test_every_sign_is_written_so_that_it_is_typeset(quiet_page: Page, tmp_path: Path) -> None:
    quiet_page.goto("/docs/api")
    assert dict(zip(WRITTEN, escape(quiet_page, list(WRITTEN)), strict=True)) == WRITTEN
    signs = [f"x{chr(number)}y" for number in EVERYTHING if not 0xD800 <= number < 0xE000]
    written = escape(quiet_page, [*WRITTEN, HOSTILE, *signs])
    assert all(text.isascii() for text in written)
    typeset(tmp_path / "all", "\n\n".join(written))


def test_what_every_view_gives_out_is_typeset(quiet_page: Page, runs: Path, tmp_path: Path) -> None:
    write_run(runs, "a", model=HOSTILE, dataset="50%_&{data}", notice=HOSTILE, unread=2)
    opened(quiet_page)
    tabs = quiet_page.get_by_role("tab")
    tables = 0
    for tab in range(tabs.count()):
        tabs.nth(tab).click()
        expect(tabs.nth(tab)).to_have_attribute("aria-selected", "true")
        buttons = quiet_page.get_by_role("button", name="LaTeX", exact=True)
        for index in range(buttons.count()):
            with quiet_page.expect_download() as caught:
                buttons.nth(index).click()
            text = Path(caught.value.path()).read_text(encoding="utf-8")
            assert text.isascii()
            assert "Human Evaluation" not in text
            typeset(tmp_path / f"{tab}-{index}", f"\\tiny\n{text}")
            tables += 1
    assert tables > 6
