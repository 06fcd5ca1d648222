"""No bundled runs where samples are tested: they take seconds to read."""

from pathlib import Path

import pytest

from amarathon.tasks.sample import Sample
from tests.leaderboard.sample_runs import licensed_dataset, samples_of


@pytest.fixture
def no_bundled_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder in the place of the bundled runs."""
    monkeypatch.setattr("leaderboard.submissions.opening.BUNDLED_RUNS", tmp_path / "none")


@pytest.fixture(scope="session")
def licensed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset whose audio may be played."""
    return licensed_dataset(tmp_path_factory.mktemp("licensed") / "mini")


@pytest.fixture(scope="session")
def asked(licensed: Path) -> tuple[Sample, ...]:
    """Its samples."""
    return samples_of(licensed)
