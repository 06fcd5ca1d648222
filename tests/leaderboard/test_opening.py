"""What first visitors would wait for is read before they come."""

import pytest

from amarathon.errors import RunError
from leaderboard.kept import StoreBusyError
from leaderboard.opening import read_ahead


def test_everything_is_read_one_after_the_other() -> None:
    done: list[str] = []
    read_ahead(lambda: done.append("scores"), lambda: done.append("samples")).join(60)
    assert done == ["scores", "samples"]


@pytest.mark.parametrize("error", [RunError("A run is gone."), StoreBusyError("Busy."), OSError("No disk.")])
def test_what_cannot_be_read_keeps_nothing_else_from_being_read(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[str] = []

    def fail() -> None:
        raise error

    read_ahead(fail, lambda: done.append("samples")).join(60)
    assert done == ["samples"]
    assert str(error) in caplog.text
