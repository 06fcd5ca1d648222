"""Two hundred damaged files: each is audio or one sentence, never a crash, a hang or a traceback."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.audio.makers import WRITERS
from tests.audio.mutants import MUTATIONS, mutated_files


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, object]]:
    folder = tmp_path_factory.mktemp("mutants")
    mutants = mutated_files(folder, count=200, seed=2025)
    worker = subprocess.run(
        [sys.executable, "-m", "tests.audio.mutation_worker"],
        input="".join(f"{mutant.path}\n" for mutant in mutants),
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=7200,
        check=False,
    )
    assert worker.returncode == 0, worker.stderr
    assert worker.stderr == ""
    results = [json.loads(line) for line in worker.stdout.splitlines()]
    assert [result["file"] for result in results] == [mutant.path.name for mutant in mutants]
    return results


def test_every_refusal_is_one_sentence_without_a_path(outcomes: list[dict[str, object]]) -> None:
    refusals = [str(outcome["refusal"]) for outcome in outcomes if "refusal" in outcome]
    assert len(refusals) > 60
    for refusal in refusals:
        assert re.fullmatch(r"'mutant-\d{4}\.[a-z0-9.]+' [^\n]+[^.]\.", refusal), refusal
        assert "Traceback" not in refusal
        assert not re.search(r"\d{7,}|Error|Errno|0x", refusal), refusal


def test_what_is_accepted_has_sound_in_it(outcomes: list[dict[str, object]]) -> None:
    accepted = [outcome["seconds_of_audio"] for outcome in outcomes if "refusal" not in outcome]
    assert len(accepted) > 60
    assert all(0.1 <= float(str(seconds)) <= 10 for seconds in accepted)


def test_no_file_takes_long(outcomes: list[dict[str, object]]) -> None:
    # Of CPU time, on a machine that may be slow; what spins takes for ever.
    assert max(float(str(outcome["took_s"])) for outcome in outcomes) < 60


def test_the_mutants_are_the_same_every_time_and_of_every_kind(tmp_path: Path) -> None:
    contents = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        mutants = mutated_files(tmp_path / name, count=200, seed=7)
        contents.append([(mutant.path.name, mutant.path.read_bytes()) for mutant in mutants])
    assert contents[0] == contents[1]
    pairs = {(mutant.origin, mutant.mutation) for mutant in mutants}
    assert len(pairs) == len(WRITERS) * len(MUTATIONS)
