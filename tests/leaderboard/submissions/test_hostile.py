"""Whatever strangers send is refused by one sentence, and nothing of it is kept."""

import time
from pathlib import Path

import pytest

from leaderboard.submissions.errors import SubmissionError
from leaderboard.submissions.examination import examine
from tests.leaderboard.submissions.hostile import HOSTILE
from tests.leaderboard.submissions.packing import Pack, known_runs

# Bounds what a refusal costs; reading two GiB to its limit takes a few seconds.
LONGEST_S = 60.0


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return known_runs(tmp_path_factory.mktemp("runs"))


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_refused_by_one_sentence(runs: Path, tmp_path: Path, name: str) -> None:
    spoil, words = HOSTILE[name]
    file, out = tmp_path / "x.zip", tmp_path / "out"
    out.mkdir()
    file.write_bytes(spoil(Pack(tmp_path)))
    began = time.monotonic()
    with pytest.raises(SubmissionError) as caught:
        examine(file, out, [runs], [])
    sentence = str(caught.value)
    assert words in sentence
    assert sentence.endswith(".")
    assert len(sentence) < 400
    assert sentence.isprintable()
    assert not any(path.suffix == ".json" for path in out.iterdir())
    assert time.monotonic() - began < LONGEST_S


def test_a_good_one_is_kept(runs: Path, tmp_path: Path) -> None:
    file, out = tmp_path / "x.zip", tmp_path / "out"
    out.mkdir()
    file.write_bytes(Pack(tmp_path).zip())
    examine(file, out, [runs], [])
    assert sorted(path.name for path in out.iterdir()) == ["predictions.jsonl.xz", "run.json"]
