"""``amarathon build``, run as a user runs it."""

import json
import sys
from pathlib import Path

import pytest

from amarathon.cli import main
from amarathon.construction.verification import VERDICTS_FILE, read_draw
from amarathon.datasets import load_dataset


@pytest.fixture
def amarathon(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["amarathon", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            main()
        printed = capsys.readouterr()
        return int(stopped.value.code or 0), printed.out, printed.err

    monkeypatch.setenv("COLUMNS", "200")
    return run


def test_a_benchmark_is_built_checked_by_people_and_told_of_on_its_card(amarathon, tmp_path: Path) -> None:
    folder = tmp_path / "mini"
    arguments = ("--out", folder, "--tasks", "sgr", "--per-task", 2, "--jobs", 1, "--leak-items", 0)
    code, out, _ = amarathon("build", "mini", *arguments)
    assert code == 0
    assert "AudioMarathon-mini: SGR 2." in out
    assert len(load_dataset(folder).samples) == 2

    code, out, _ = amarathon("build", "verify", folder)
    assert (code, out.splitlines()[0]) == (1, "SGR: open, 0 of 2 checked.")
    selected = read_draw(folder).samples["SGR"]
    verdicts = [{"sample": name, "reviewer": "r1", "passed": True} for name in selected]
    (folder / VERDICTS_FILE).write_text("".join(json.dumps(verdict) + "\n" for verdict in verdicts))
    code, out, _ = amarathon("build", "verify", folder)
    assert (code, out.splitlines()[0]) == (0, "SGR: passed, 2 of 2 checked.")
    assert "| SGR | 2 | 2 | passed |" in (folder / "README.md").read_text()

    (folder / VERDICTS_FILE).write_text(json.dumps({**verdicts[0], "passed": False}) + "\n")
    code, out, _ = amarathon("build", "verify", folder, "--redraw")
    assert code == 1
    assert f"SGR: failed, 1 of 2 checked: {selected[0]}." in out
    assert read_draw(folder).round == 2
    assert selected[0] not in read_draw(folder).samples["SGR"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("mini", "--tasks", "XYZ"), "There is no task XYZ"),
        (("mini", "--split", "dev"), "There is no split dev"),
        (("mini", "--tasks", "SGR", "--per-task", 1, "--format", "mp4"), "flac or opus, not as mp4"),
        (("speech", "--split", "dev"), "There is no split dev"),
        (("corpus", "timit", "--source", "."), "There is no corpus timit"),
    ],
)
def test_what_cannot_be_built_is_said_in_one_sentence(amarathon, tmp_path: Path, arguments, message) -> None:
    code, _, err = amarathon("build", *arguments, "--out", tmp_path / "out")
    assert code == 1
    assert message in err
    assert "Traceback" not in err
