import errno
import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amarathon.errors import RunError
from amarathon.runs.folder import writing
from amarathon.runs.reading import read_run


def test_a_header_and_records_come_back_as_they_were_written(tmp_path, header, record):
    records = [record("s1", reply="line\nbreak\u2028 and \x00"), record("s2", configuration="frame@0.6")]
    with writing(tmp_path / "run") as folder:
        folder.write_header(header)
        for prediction in records:
            folder.append(prediction)
    run = read_run(tmp_path / "run")
    assert run.header == header
    assert run.predictions() == records
    assert (tmp_path / "run" / "predictions.jsonl").read_bytes().count(b"\n") == 2


@given(cut=st.integers(min_value=0))
def test_an_unfinished_last_line_is_cut_off_and_whole_lines_stay(tmp_path_factory, header, record, cut):
    records = [record(f"s{index}", reply=reply) for index, reply in enumerate(["é" * 40, "x" * 70_000, ""])]
    path = tmp_path_factory.mktemp("cut") / "run"
    lines = [record.model_dump_json().encode() + b"\n" for record in records]
    whole = b"".join(lines)
    cut %= len(whole) + 1
    with writing(path) as folder:
        folder.write_header(header)
    (path / "predictions.jsonl").write_bytes(whole[:cut])
    kept = whole[:cut].count(b"\n")
    assert read_run(path).predictions() == records[:kept], "a reader sees whole lines only"
    assert (path / "predictions.jsonl").stat().st_size == cut, "reading changes nothing"
    with writing(path) as folder:
        assert list(folder.recover()) == [record.key for record in records[:kept]]
        for prediction in records[kept:]:
            folder.append(prediction)
    assert (path / "predictions.jsonl").read_bytes() == whole


@pytest.mark.parametrize(
    ("damage", "line"),
    [
        (lambda lines: [lines[0], b"{}\n", lines[2]], 2),
        (lambda lines: [lines[0][:20] + b"\n", *lines[1:]], 1),
        (lambda lines: [lines[0], lines[1], b"\x00\xff\n"], 3),
        (lambda lines: [lines[0], b"\n", lines[2]], 2),
        (lambda lines: [lines[0], lines[1], lines[0]], 3),
        (lambda lines: [lines[0], lines[1].replace(b"vanilla", b"other@1"), lines[2]], 2),
        (lambda lines: [lines[0], lines[1].replace(b'{"', b'{"extra":1,"', 1), lines[2]], 2),
    ],
    ids=[
        "missing fields",
        "cut short",
        "bytes",
        "empty",
        "answered twice",
        "other configuration",
        "unknown field",
    ],
)
def test_a_corrupt_line_is_named_and_nothing_is_changed(tmp_path, header, record, damage, line):
    path = tmp_path / "run"
    lines = [record(f"s{index}").model_dump_json().encode() + b"\n" for index in range(3)]
    damaged = b"".join(damage(lines)) + b'{"torn'
    with writing(path) as folder:
        folder.write_header(header)
    (path / "predictions.jsonl").write_bytes(damaged)
    with pytest.raises(RunError, match=f"line {line}\\b"):
        read_run(path).predictions()
    with writing(path) as folder, pytest.raises(RunError, match=f"line {line}\\b"):
        folder.recover()
    assert (path / "predictions.jsonl").read_bytes() == damaged


def test_a_failed_record_is_superseded_by_its_retry_and_keeps_its_place(tmp_path, header, record):
    failed, other, again = record("s1", error="No."), record("s2"), record("s1", reply="B")
    with writing(tmp_path / "run") as folder:
        folder.write_header(header)
        for prediction in (failed, other, again):
            folder.append(prediction)
        assert folder.recover() == {again.key: True, other.key: True}
    assert read_run(tmp_path / "run").predictions() == [again, other]


def test_a_second_writer_is_refused_in_this_process_and_in_another(tmp_path, header):
    path = tmp_path / "run"
    program = (
        "import sys; from pathlib import Path\n"
        "from amarathon.runs.folder import writing\n"
        "with writing(Path(sys.argv[1])): pass\n"
    )
    with writing(path):
        with pytest.raises(RunError, match="Another process is writing"), writing(path):
            pass
        other = subprocess.run(
            [sys.executable, "-c", program, path], capture_output=True, text=True, check=False
        )
        assert "Another process is writing" in other.stderr
    with writing(path):
        pass


def test_a_killed_writer_holds_nothing(tmp_path):
    path = tmp_path / "run"
    program = (
        "import sys, time; from pathlib import Path\n"
        "from amarathon.runs.folder import writing\n"
        "with writing(Path(sys.argv[1])):\n"
        "    print('held', flush=True)\n"
        "    time.sleep(3600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program, path], stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(RunError), writing(path):
            pass
        process.kill()
        process.wait()
    with writing(path):
        pass


def test_a_folder_with_something_else_in_it_is_refused(tmp_path):
    (tmp_path / "thesis.tex").write_text("x")
    with pytest.raises(RunError, match=r"holds thesis\.tex"), writing(tmp_path):
        pass


def test_a_folder_left_by_a_crash_before_the_header_can_be_used(tmp_path, header):
    with writing(tmp_path / "run"):
        pass
    (tmp_path / "run" / ".run.json.0123").write_text("{")
    with writing(tmp_path / "run") as folder:
        assert folder.header is None
        folder.write_header(header)


def test_a_disk_that_fills_up_loses_no_earlier_record(tmp_path, header, record, monkeypatch):
    path = tmp_path / "run"
    with writing(path) as folder:
        folder.write_header(header)
        folder.append(record("s1"))

        def full(descriptor):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", full)
            with pytest.raises(RunError, match="No space left on device; what was written before is kept"):
                folder.append(record("s2"))
    assert record("s1") in read_run(path).predictions()


def test_a_line_that_the_disk_takes_in_parts_is_written_whole(tmp_path, header, record):
    class Stingy:
        def __init__(self, file):
            self.file = file

        def write(self, line):
            return self.file.write(line[:7])

        def fileno(self):
            return self.file.fileno()

        def close(self):
            self.file.close()

    with writing(tmp_path / "run") as folder:
        folder.write_header(header)
        folder.append(record("s1"))
        folder._predictions = Stingy(folder._predictions)
        folder.append(record("s2"))
    assert len(read_run(tmp_path / "run").predictions()) == 2


def test_a_header_is_replaced_in_one_step(tmp_path, header, monkeypatch):
    path = tmp_path / "run"
    with writing(path) as folder:
        folder.write_header(header)

        def crash(*_):
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(type(path), "replace", crash)
            with pytest.raises(KeyboardInterrupt):
                folder.write_header(header.model_copy(update={"finished_at": "now"}))
    assert read_run(path).header == header
    assert not list(path.glob(".run.json.*"))
