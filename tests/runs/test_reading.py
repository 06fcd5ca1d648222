import subprocess
import sys

import pytest

from amarathon.errors import RunError
from amarathon.runs.folder import writing
from amarathon.runs.reading import BrokenRun, Run, find_runs, read_run


@pytest.fixture
def written(tmp_path, header, record):
    def write(name):
        with writing(tmp_path / name) as folder:
            folder.write_header(header.model_copy(update={"run_id": name}))
            folder.append(record())
        return tmp_path / name

    return write


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "run.json cannot be read"),
        (b"{", "run.json cannot be read"),
        (b"[]", "run.json cannot be read"),
        (b'{"run_id": "x"}', "created_at: Field required"),
        (b"\xff\xfe", "run.json cannot be read"),
    ],
)
def test_a_damaged_header_is_one_sentence(written, content, reason):
    path = written("damaged")
    (path / "run.json").write_bytes(content)
    with pytest.raises(RunError, match=reason) as caught:
        read_run(path)
    assert str(caught.value).count("\n") == 0
    assert str(caught.value).endswith(".")


def test_a_newer_schema_is_refused_by_its_version(written):
    path = written("newer")
    text = (path / "run.json").read_text().replace('"schema_version": 1', '"schema_version": 3')
    (path / "run.json").write_text(text)
    with pytest.raises(RunError, match="version 3"):
        read_run(path)


def test_runs_are_found_and_broken_ones_named(tmp_path, written):
    written("b")
    written("a")
    (written("c") / "run.json").unlink()
    (written("d") / "run.json").write_text("no")
    (tmp_path / "notes").mkdir()
    (tmp_path / "file.txt").write_text("x")
    found = find_runs(tmp_path)
    assert [run.header.run_id for run in found if isinstance(run, Run)] == ["a", "b"]
    broken = {run.name: run.reason for run in found if isinstance(run, BrokenRun)}
    assert broken["c"] == "c is not a run: it has no run.json."
    assert "d/run.json cannot be read" in broken["d"]


def test_a_root_that_is_not_there_has_no_runs(tmp_path):
    assert find_runs(tmp_path / "nowhere") == []


def test_reading_runs_needs_neither_torch_nor_transformers(written):
    program = (
        "import sys; from pathlib import Path; from amarathon.runs import find_runs\n"
        "run, = find_runs(Path(sys.argv[1])); run.predictions()\n"
        "assert not {'torch', 'transformers', 'datasets'} & set(sys.modules), sorted(sys.modules)\n"
    )
    path = written("light")
    subprocess.run([sys.executable, "-c", program, path.parent], check=True)
