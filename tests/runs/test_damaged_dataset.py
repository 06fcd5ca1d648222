"""A dataset of two hundred damaged files: every one is excluded, failed or answered, by name."""

import json
import re

import pytest

from amarathon.datasets import load_dataset
from amarathon.runs import evaluate, read_run
from tests.audio.mutants import mutated_files


@pytest.fixture(scope="module")
def damaged(tmp_path_factory):
    folder = tmp_path_factory.mktemp("damaged")
    options = [{"text": text, "label": text.lower()} for text in ("Rock", "Jazz")]
    with (folder / "metadata.jsonl").open("w") as lines:
        for mutant in mutated_files(folder, count=200, seed=99):
            name = mutant.path.name
            line = {"file_name": name, "id": name, "task": "MC", "options": options, "answer": 0}
            lines.write(json.dumps(line) + "\n")
    return folder


def test_every_damaged_file_is_accounted_for_by_name(tmp_path, damaged, stub):
    found = load_dataset(str(damaged))
    summary = evaluate(stub(["A"]), found, ["vanilla"], tmp_path / "run")
    records = read_run(tmp_path / "run").predictions()

    answered, excluded = (
        {record.sample_id for record in records},
        {exclusion.record for exclusion in found.exclusions},
    )
    assert len(answered) + len(excluded) == 200
    assert not answered & excluded
    failed = [record for record in records if record.error]
    assert min(len(excluded), len(failed), summary.answered) > 20
    assert summary.answered + summary.failed == len(records)
    for record in failed:
        assert re.fullmatch(r"'mutant-\d{4}\.[a-z0-9.]+' [^\n]+[^.]\.", record.error), record.error
    for exclusion in found.exclusions:
        assert str(damaged) not in exclusion.reason
        assert re.fullmatch(r"[^\n]+[^.]\.", exclusion.reason), exclusion.reason
