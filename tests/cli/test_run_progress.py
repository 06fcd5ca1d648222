from io import StringIO

import pytest
from rich.console import Console

from amarathon.cli.run_progress import TimeLeft, describe_duration, show_progress
from amarathon.runs import RunProgress


def event(done, stage="done", failed=0):
    return RunProgress(done, 100, failed, "s[1]", "SCR", "vanilla", stage)


def test_the_time_left_counts_from_the_first_report_of_this_start():
    clock = iter([0.0, 4.0]).__next__
    time_left = TimeLeft(clock)
    assert time_left.describe(event(50)) == ""
    assert time_left.describe(event(52, failed=1)) == "1 failed, 2.0 s each, 2 min left"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (0.04, "0.0 s"),
        (3.21, "3.2 s"),
        (42, "42 s"),
        (95, "2 min"),
        (5300, "88 min"),
        (11_100, "3 h 05 min"),
    ],
)
def test_durations_are_in_words(seconds, words):
    assert describe_duration(seconds) == words


def test_progress_is_a_bar_on_a_terminal_and_lines_elsewhere():
    terminal = Console(file=StringIO(), force_terminal=True, width=120)
    with show_progress(terminal) as show:
        for number in range(101):
            show(event(number, "done" if number else "audio"))
    assert "100/100" in terminal.file.getvalue()
    assert "s[1]" in terminal.file.getvalue()
    plain = Console(file=StringIO())
    with show_progress(plain) as show:
        for number in range(101):
            show(event(number, "done" if number else "audio"))
    lines = plain.file.getvalue().splitlines()
    assert lines[0].startswith("1 of 100 answers")
    assert lines[-1].startswith("100 of 100 answers, ")
    assert len(lines) == 2
