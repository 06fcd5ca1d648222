import csv
import json

import pytest

from amarathon.errors import RunError
from amarathon.runs import read_run
from amarathon.runs.export import export_run
from amarathon.runs.folder import writing
from amarathon.runs.records import TimingRecord


@pytest.fixture
def run(tmp_path, header, record):
    with writing(tmp_path / "run") as folder:
        folder.write_header(header)
        folder.append(record("s1", reply='said "A",\nthen é', timings=TimingRecord(prefill_s=1.5)))
        folder.append(record("s2", error="It is silent.", reply=""))
    return read_run(tmp_path / "run")


def test_a_spreadsheet_has_one_row_for_each_answer(run, tmp_path):
    export_run(run, tmp_path / "answers.csv")
    with (tmp_path / "answers.csv").open(newline="", encoding="utf-8") as file:
        first, second = csv.DictReader(file)
    assert first["reply"] == 'said "A",\nthen é'
    assert json.loads(first["options"]) == ["one", "two"]
    assert first["prefill_s"] == "1.5"
    assert second["error"] == "It is silent."
    assert "timings" not in first


def test_a_document_has_the_whole_run(run, tmp_path):
    export_run(run, tmp_path / "run.JSON")
    document = json.loads((tmp_path / "run.JSON").read_text(encoding="utf-8"))
    assert document["run"] == json.loads(run.header.model_dump_json())
    assert document["summary"]["failed"] == 1
    assert [record["sample_id"] for record in document["predictions"]] == ["s1", "s2"]


def test_a_run_without_answers_has_a_header_row(tmp_path, header):
    with writing(tmp_path / "empty") as folder:
        folder.write_header(header)
    export_run(read_run(tmp_path / "empty"), tmp_path / "answers.csv")
    assert (tmp_path / "answers.csv").read_text().startswith("sample_id,task,configuration,")


def test_what_cannot_be_written_is_a_sentence(run, tmp_path):
    with pytest.raises(RunError, match=r"x\.xls ends in none of \.csv, \.json, \.yaml and \.md\."):
        export_run(run, tmp_path / "x.xls")
    with pytest.raises(RunError, match="cannot be written: No such file or directory"):
        export_run(run, tmp_path / "nowhere" / "x.csv")
