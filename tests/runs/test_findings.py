import json
import re

import pytest

from amarathon.errors import RunError
from amarathon.runs import read_run
from amarathon.runs.findings import findings
from amarathon.runs.folder import writing
from amarathon.runs.records import SessionRecord

WORDS = "the quick brown fox jumps"
RIGHT = {"vanilla": 20, "frame@0.6": 19, "random@0.6": 3, "fastv@0.6": 18, "knorm@0.6": 20}


@pytest.fixture
def grid(tmp_path, header, record):
    """A run where random pruning ruins the answers and an eviction the transcripts."""

    def write(name="grid", configurations=tuple(RIGHT)):
        tasks = {"SCR": 20, "ASR": 12}
        dataset = header.dataset.model_copy(update={"count": 32, "tasks": tasks})
        own = header.model_copy(update={"configurations": list(configurations), "dataset": dataset})
        with writing(tmp_path / name) as folder:
            folder.write_header(own)
            for configuration in configurations:
                for answer in answers(record, configuration):
                    folder.append(answer)
        return read_run(tmp_path / name)

    return write


def answers(record, configuration):
    for index in range(20):
        right = index < RIGHT[configuration]
        letter = "AB"[index % 2] if right else "BA"[index % 2]
        read = index % 2 if right else 1 - index % 2
        yield record(
            f"c{index}",
            answer=index % 2,
            reply=letter,
            answer_read=read,
            correct=right,
            configuration=configuration,
        )
    for index in range(12):
        fields = {"task": "ASR", "options": [], "labels": [], "order": [], "answer": None}
        reply = "nothing" if configuration == "knorm@0.6" else WORDS
        fields |= {"reference": WORDS, "reply": reply, "answer_read": None, "correct": None}
        yield record(f"t{index}", configuration=configuration, **fields)


def test_the_page_says_what_the_records_hold(grid):
    page = findings(grid())
    assert "160 answers of 160 to 32 samples, 0 failed" in page
    assert "| `vanilla` | 100.0 | 100.0 | 100.0 |" in page
    assert "No task falls under `frame@0.6`, `fastv@0.6`." in page
    assert re.search(r"\| `random@0.6` \| .* \| \*\*SCR -\d+\.\d\*\* \|", page)
    assert "share no recording or voice with others: SCR 20, ASR 12." in page
    assert "`frame@0.6` and `fastv@0.6` do not differ" in page
    assert "points above `random@0.6`" in page
    assert "every answer to a choice is the one that vanilla gives" in page
    assert "| `knorm@0.6` | 20 of 20 | -100.0 |" in page


def test_short_versions_stand_beside_long_ones(grid):
    page = findings(grid(), grid("short", ("vanilla", "frame@0.6")))
    assert "## Short and long" in page
    assert "| `vanilla` | 100.0 | 100.0 |" in page


def test_without_vanilla_there_is_nothing_to_compare_with(grid):
    with pytest.raises(RunError, match="no configuration vanilla"):
        findings(grid("none", ("frame@0.6",)))


def test_a_fall_of_samples_that_share_a_recording_is_in_brackets(grid):
    run = grid()
    path = run.folder / "predictions.jsonl"
    lines = [json.loads(line) | {"sources": ["one voice"]} for line in path.read_text().splitlines()]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    page = findings(read_run(run.folder))
    assert re.search(r"\| `random@0.6` \| .* \| \(SCR -\d+\.\d\) \|", page)


def test_a_run_that_was_continued_names_every_commit(grid):
    first = grid()
    session = {"at": "2026-01-01T00:00:00+00:00", "engine": "local", "hardware": {}, "libraries": {}}
    later = SessionRecord(**session, commit="b" * 40)
    own = first.header.model_copy(update={"commit": "a" * 40, "continued": [later, later]})
    (first.folder / "run.json").write_text(own.model_dump_json())
    assert f"commit `{'a' * 12}`, continued at `{'b' * 12}`;" in findings(read_run(first.folder))
