import lzma

import pytest

from amarathon.errors import RunError
from amarathon.runs import read_run
from amarathon.runs.folder import writing
from amarathon.runs.packing import pack_run
from amarathon.runs.reading import LONGEST_LINE, PACKED_FILE, PACKED_SUMMARY_FILE, find_runs
from amarathon.runs.summary import LARGEST, read_summary, summary_of, write_summary
from leaderboard.store import build_board


@pytest.fixture
def run(tmp_path, header, record):
    """A finished run of two samples under two configurations."""
    with writing(tmp_path / "runs" / "whole") as folder:
        folder.write_header(header)
        for name in ("s1", "s2"):
            for configuration in header.configurations:
                folder.append(record(name, configuration=configuration))
    return tmp_path / "runs" / "whole"


def test_a_packed_run_is_read_like_the_whole_one(run, tmp_path):
    packed = tmp_path / "kept" / "packed"
    assert pack_run(run, packed) == sum(file.stat().st_size for file in packed.iterdir())
    assert read_run(packed).predictions() == read_run(run).predictions()
    assert read_summary(packed) == read_summary(run)
    (found,) = find_runs(packed.parent)
    assert found.header == read_run(run).header
    rows = build_board(packed.parent).measured[0].rows
    assert {row.configuration for row in rows} == {"vanilla", "frame@0.6"}


def test_nothing_is_added_to_a_packed_run(run, tmp_path, record):
    pack_run(run, tmp_path / "packed")
    with writing(tmp_path / "packed") as folder, pytest.raises(RunError, match="packed run"):
        folder.append(record("s3"))


def test_a_packed_summary_that_is_damaged_or_endless_is_made_anew(run, tmp_path):
    pack_run(run, tmp_path / "packed")
    expected = summary_of(read_run(run))
    for content in (b"not packed", lzma.compress(b" " * (LARGEST + 1))):
        (tmp_path / "packed" / PACKED_SUMMARY_FILE).write_bytes(content)
        assert read_summary(tmp_path / "packed") is None
        assert summary_of(read_run(tmp_path / "packed")) == expected


def test_a_packed_run_that_is_scored_again_stays_packed(run, tmp_path):
    packed = tmp_path / "packed"
    pack_run(run, packed)
    names = {file.name for file in packed.iterdir()}
    (packed / PACKED_SUMMARY_FILE).write_bytes(b"old")
    assert write_summary(packed, afresh=True) == read_summary(packed)
    assert {file.name for file in packed.iterdir()} == names


def test_an_unfinished_run_is_not_packed(tmp_path, header, record):
    with writing(tmp_path / "begun") as folder:
        folder.write_header(header)
        folder.append(record("s1"))
    with pytest.raises(RunError, match="1 of 4 answers"):
        pack_run(tmp_path / "begun", tmp_path / "packed")


@pytest.mark.parametrize(
    "damage", [lambda whole: whole[: len(whole) // 2], lambda whole: b"not packed at all", lambda whole: b""]
)
def test_a_damaged_one_is_named(run, tmp_path, damage):
    pack_run(run, tmp_path / "kept" / "packed")
    path = tmp_path / "kept" / "packed" / PACKED_FILE
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(RunError, match=r"packed/predictions.jsonl.xz is damaged"):
        read_run(path.parent).predictions()
    assert "damaged" in build_board(tmp_path / "kept").broken[0].reason


def test_what_unfolds_into_one_endless_line_is_refused(run, tmp_path):
    pack_run(run, tmp_path / "packed")
    (tmp_path / "packed" / PACKED_FILE).write_bytes(lzma.compress(b" " * (LONGEST_LINE + 1)))
    with pytest.raises(RunError, match="too long"):
        read_run(tmp_path / "packed").predictions()
