"""Rows and files that are wrong, or want to do harm: each is named, and the rest is imported."""

import json
import pickle
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from amarathon.datasets import load_dataset
from amarathon.datasets.imports import import_benchmark, read_mapping
from amarathon.datasets.imports.sources import placed
from amarathon.errors import DatasetError
from tests.datasets.imports.published import cell, parquet, sound

MAPPING = """
name: mine
title: Mine
kind: QA
answer_form: {form}
splits: {{test: {{files: "*.{suffix}"}}}}
columns:
  id: id
  audio: audio
  question: question
  choices: {choices}
  answer: answer
  slices: {{topic: topic}}
"""
GOOD = {
    "id": "good",
    "audio": "good.wav",
    "question": "Which?",
    "choices": ["a", "b"],
    "answer": "b",
    "topic": "x",
}
NAN = float("nan")


def bring(folder: Path, rows: list[Any], form: str = "text", choices: str = "choices", raw: str = "") -> Any:
    """Import rows that lie as JSON lines beside their recordings."""
    files = folder / "files"
    files.mkdir()
    (files / "good.wav").write_bytes(sound(1))
    (files / "broken.wav").write_bytes(b"RIFF----WAVEfmt nothing of it")
    (files / "empty.wav").write_bytes(b"")
    (folder / "outside.wav").write_bytes(sound(2))
    (files / "link.wav").symlink_to(folder / "outside.wav")
    lines = [json.dumps(row) for row in rows]
    (files / "rows.jsonl").write_text("\n".join([*lines, *filter(None, [raw])]) + "\n")
    (folder / "mine.yaml").write_text(MAPPING.format(form=form, suffix="jsonl", choices=choices))
    benchmark = read_mapping(folder / "mine.yaml")
    _, split = benchmark.split(None)
    return import_benchmark(benchmark, "test", placed(files, split), folder / "out")


HOSTILE = {
    "no choices": ({"choices": None}, "'choices' is empty: there are no choices"),
    "no list": ({"choices": {"a": 1}}, "'choices' holds an object, not a list of choices"),
    "a choice missing": ({"choices": ["a", None]}, "'choices' is empty"),
    "a choice that is NaN": ({"choices": ["a", NAN]}, "'choices' is empty"),
    "one choice": ({"choices": ["b"]}, "It has 1 options, and QA takes 2 to 8"),
    "nine choices": ({"choices": [*"abcdefghi"]}, "It has 9 options, and QA takes 2 to 8"),
    "choices alike": ({"choices": ["b", "B "]}, "Two of its options are the same"),
    "choices as code": ({"choices": "__import__('os').abort()"}, "holds text that is no list of choices"),
    "choices nested": ({"choices": "[" * 5000}, "holds text that is no list of choices"),
    "an answer outside": ({"answer": "c"}, "'answer' says 'c', which is none of its 2 choices"),
    "no answer": ({"answer": None}, "'answer' is empty"),
    "an answer that is NaN": ({"answer": NAN}, "'answer' is empty"),
    "an answer that is a list": ({"answer": ["b"]}, "'answer' holds a list, not text"),
    "no question": ({"question": "  "}, "'question' is empty"),
    "a long question": ({"question": "x" * 100_001}, "'question' holds more than 100000 characters"),
    "half a character": ({"question": "\ud800?"}, "Its text is not valid Unicode"),
    "no id": ({"id": None}, "'id' is empty"),
    "an id that is a truth value": ({"id": True}, "'id' holds a truth value, not text"),
    "a slice that is a list": ({"topic": ["x"]}, "'topic' holds a list, not text"),
    "no recording": ({"audio": None}, "'audio' holds no recording"),
    "a recording that is not there": (
        {"audio": "gone.wav"},
        "recording gone.wav (column 'audio') is not in the folder",
    ),
    "two recordings": ({"audio": ["good.wav", "good.wav"]}, "'audio' holds 2 recordings; a sample has one"),
    "a broken recording": ({"audio": "broken.wav"}, "'audio' holds no audio that can be used"),
    "an empty recording": ({"audio": "empty.wav"}, "'audio' holds no audio that can be used"),
    "a folder": ({"audio": "."}, "It names no audio file"),
    "a step out": ({"audio": "../outside.wav"}, "leads out of the dataset"),
    "a step out by backslashes": ({"audio": "..\\outside.wav"}, "leads out of the dataset"),
    "an absolute path": ({"audio": "/etc/passwd"}, "is absolute"),
    "a link out": ({"audio": "link.wav"}, "leads out of the folder by a link"),
    "a zero byte": ({"audio": "good\0.wav"}, "zero byte"),
    "an address": ({"audio": "https://host/x.wav"}, "is not in the folder"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_row_is_named_and_the_rest_is_kept(case: str, tmp_path: Path) -> None:
    change, reason = HOSTILE[case]
    bad = GOOD | {"id": "bad"} | change
    done = bring(tmp_path, [bad, GOOD])
    [left_out] = done.note.left_out
    assert "rows.jsonl row 1" in left_out.record
    assert reason in left_out.reason
    dataset = load_dataset(tmp_path / "out")
    assert [sample.id for sample in dataset.samples] == ["good"]
    assert dataset.exclusions == tuple(done.note.exclusions)
    # Nothing but the good recording is in the dataset's folder.
    assert {path.suffix for path in (tmp_path / "out").rglob("*") if path.is_file()} <= {
        ".wav",
        ".json",
        ".jsonl",
        ".lock",
    }
    assert len(list((tmp_path / "out/audio").iterdir())) == 1


@pytest.mark.parametrize(
    ("form", "answer", "reason"),
    [
        ("letter", "C", "says 'C', which is none of its 2 choices"),
        ("letter", "AB", "says 'AB', which is none of its 2 choices"),
        ("index", 2, "says '2', not an index from 0 to 1"),
        ("index", -1, "says '-1', not an index from 0 to 1"),
        ("index", 0.5, "says '0.5', not an index from 0 to 1"),
        ("index", True, "says 'True', not an index from 0 to 1"),
        ("index", NAN, "says 'nan', not an index from 0 to 1"),
        ("index", float("inf"), "says 'inf', not an index from 0 to 1"),
        ("index", "one", "says 'one', not an index from 0 to 1"),
    ],
)
def test_an_answer_of_another_form_is_named(form: str, answer: Any, reason: str, tmp_path: Path) -> None:
    done = bring(tmp_path, [GOOD | {"answer": answer}], form=form)
    assert (done.samples, reason in done.note.left_out[0].reason) == (0, True)


@pytest.mark.parametrize(
    ("form", "answer"),
    [("letter", "B"), ("letter", "(b)"), ("letter", "b."), ("index", 1), ("index", 1.0), ("index", "1")],
)
def test_an_answer_may_be_a_letter_or_an_index(form: str, answer: Any, tmp_path: Path) -> None:
    bring(tmp_path, [GOOD | {"answer": answer}], form=form)
    [sample] = load_dataset(tmp_path / "out").samples
    assert sample.answer == 1


def test_repeated_ids_are_named(tmp_path: Path) -> None:
    other = GOOD | {"question": "Why?"}
    done = bring(tmp_path, [GOOD, GOOD, GOOD | {"id": "two"}, other | {"id": "two"}])
    assert [(row.record, row.reason.split(";")[0]) for row in done.note.left_out] == [
        ("good", "It is listed more than once"),
        ("two", "Different records share this id"),
        ("two", "Different records share this id"),
    ]
    assert [sample.id for sample in load_dataset(tmp_path / "out").samples] == ["good"]


def test_a_damaged_line_is_named_by_its_number(tmp_path: Path) -> None:
    done = bring(tmp_path, [GOOD], raw='{"id": "half')
    assert done.note.left_out[0].record == "rows.jsonl row 2"
    assert "rows.jsonl, line 2: not valid JSON" in done.note.left_out[0].reason
    assert done.samples == 1


def test_a_missing_column_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(
        DatasetError, match=r"rows.jsonl has no column 'options'; it has answer, audio.*--mapping"
    ):
        bring(tmp_path, [GOOD], choices="options")


class Bomb:
    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (Path("exploded"),)


def test_nothing_in_a_table_is_unpickled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Neither a pickle in a cell nor an extension type in a schema, by which pyarrow ran code up to 14.0.0.
    monkeypatch.chdir(tmp_path)
    field = pa.field(
        "topic",
        pa.string(),
        metadata={
            b"ARROW:extension:name": b"arrow.py_extension_type",
            b"ARROW:extension:metadata": pickle.dumps(Bomb()),
        },
    )
    schema = pa.schema(
        [
            ("id", pa.string()),
            ("audio", pa.binary()),
            ("question", pa.string()),
            ("choices", pa.list_(pa.string())),
            ("answer", pa.string()),
            field,
        ]
    )
    rows = [GOOD | {"audio": pickle.dumps(Bomb()), "id": "bomb"}, GOOD | {"audio": sound(1)}]
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), tmp_path / "rows.parquet")
    (tmp_path / "mine.yaml").write_text(MAPPING.format(form="text", suffix="parquet", choices="choices"))
    benchmark = read_mapping(tmp_path / "mine.yaml")
    done = import_benchmark(
        benchmark, "test", placed(tmp_path / "rows.parquet", benchmark.split(None)[1]), tmp_path / "out"
    )
    assert (done.samples, done.note.left_out[0].record) == (1, "bomb (rows.parquet row 1)")
    assert not (tmp_path / "exploded").exists()


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" + bytes(100) + b"PAR1", b"not a table"])
def test_a_broken_table_is_refused_by_name(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "rows.parquet").write_bytes(content)
    (tmp_path / "mine.yaml").write_text(MAPPING.format(form="text", suffix="parquet", choices="choices"))
    benchmark = read_mapping(tmp_path / "mine.yaml")
    source = placed(tmp_path / "rows.parquet", benchmark.split(None)[1])
    with pytest.raises(DatasetError, match=r"rows\.parquet is no parquet file that can be read"):
        import_benchmark(benchmark, "test", source, tmp_path / "out")


def test_an_import_that_was_killed_goes_on_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [GOOD | {"id": f"s{number}", "audio": cell(number)} for number in range(6)]
    rows[1]["answer"] = "none"
    parquet(tmp_path / "files/rows.parquet", rows)
    (tmp_path / "mine.yaml").write_text(MAPPING.format(form="text", suffix="parquet", choices="choices"))
    benchmark = read_mapping(tmp_path / "mine.yaml")
    source, out = placed(tmp_path / "files", benchmark.split(None)[1]), tmp_path / "out"

    def stop(seen: int) -> None:
        if seen == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_benchmark(benchmark, "test", source, out, progress=stop)
    with pytest.raises(DatasetError, match="was broken off; the same command goes on"):
        load_dataset(out)
    journal = out / "import.part.jsonl"
    journal.write_bytes(journal.read_bytes() + b'{"table": 0, "row": 4, "sam')
    placed_before = {path: path.stat().st_mtime_ns for path in (out / "audio").iterdir()}
    done = import_benchmark(benchmark, "test", source, out)
    assert {path: path.stat().st_mtime_ns for path in placed_before} == placed_before
    alone = import_benchmark(benchmark, "test", source, tmp_path / "alone")
    assert (done.samples, done.note) == (5, alone.note)
    assert (out / "metadata.jsonl").read_bytes() == (tmp_path / "alone/metadata.jsonl").read_bytes()
    assert not journal.exists()
    assert import_benchmark(benchmark, "test", source, out).again


def test_a_folder_with_something_else_is_refused(tmp_path: Path) -> None:
    bring(tmp_path, [GOOD, GOOD | {"id": "two"}])
    benchmark = read_mapping(tmp_path / "mine.yaml")
    source = placed(tmp_path / "files", benchmark.split(None)[1])
    with pytest.raises(DatasetError, match="holds an import with another limit; choose another folder"):
        import_benchmark(benchmark, "test", source, tmp_path / "out", limit=1)
    (tmp_path / "out/import.json").unlink()
    with pytest.raises(DatasetError, match="holds another dataset; choose another folder"):
        import_benchmark(benchmark, "test", source, tmp_path / "out")
