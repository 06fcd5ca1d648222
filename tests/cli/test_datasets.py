"""``amarathon datasets``, run as a user runs it."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import constants

from amarathon.cli import main
from amarathon.datasets import load_dataset
from amarathon.datasets.fingerprint import dataset_sha256
from tests.datasets.hub_stand_in import COMMIT, REPOSITORY, serve, use_endpoint
from tests.datasets.miniature import UNUSABLE, USABLE, write_official


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data") / "AudioMarathon"
    write_official(folder)
    return folder


class Command:
    """Runs ``amarathon`` in this process."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys
        monkeypatch.setenv("COLUMNS", "200")

    def __call__(self, *arguments: object) -> tuple[int, str, str]:
        self._monkeypatch.setattr(sys, "argv", ["amarathon", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            main()
        printed = self._capsys.readouterr()
        return int(stopped.value.code or 0), printed.out, printed.err


@pytest.fixture
def amarathon(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


def test_check_prints_what_is_there_and_what_is_excluded(amarathon: Command, root: Path) -> None:
    code, out, err = amarathon("datasets", "check", root)
    assert (code, err) == (0, "")
    assert out.startswith(f"AudioMarathon: {len(USABLE)} samples of 10 tasks.")
    table = out.partition("\n\n")[0]
    rows = {line.split()[0]: line.split() for line in table.splitlines()}
    assert rows["SCR"][1:4] == ["3", "2", "2"]
    assert rows["SCR"][-4:] == ["A:0", "B:2", "C:0", "D:1"]
    assert rows["SD"][5:8] == ["2.0", "2.0", "2.0"]
    assert f"{len(load_dataset(root).exclusions)} records are excluded:" in out
    for record, _ in UNUSABLE:
        assert record in out
    assert str(root) not in out


def as_json(amarathon: Command, *arguments: object) -> dict[str, Any]:
    code, out, _ = amarathon("datasets", "check", *arguments, "--json")
    assert code == 0
    return json.loads(out)


def test_check_prints_json(amarathon: Command, root: Path) -> None:
    printed = as_json(amarathon, root)
    assert printed["name"] == "AudioMarathon"
    assert printed["samples"] == len(USABLE)
    assert printed["sha256"] is None
    assert [task["code"] for task in printed["tasks"]][:2] == ["SER", "SCR"]
    assert printed["tasks"][1] == {
        "code": "SCR",
        "samples": 3,
        "recordings": 2,
        "sources": 2,
        "durations": {"total": 3.0, "shortest": 1.5, "median": 1.5, "longest": 1.5, "unknown": 0},
        "answers": {"A": 0, "B": 2, "C": 0, "D": 1},
    }
    assert printed["tasks"][2]["answers"] == {}
    assert {exclusion["record"] for exclusion in printed["excluded"]} == {record for record, _ in UNUSABLE}


def test_check_with_audio_decodes_and_hashes(amarathon: Command, root: Path) -> None:
    printed = as_json(amarathon, root, "--audio")
    assert printed["sha256"] == dataset_sha256(load_dataset(root).samples)
    _, out, _ = amarathon("datasets", "check", root, "--audio")
    assert f"SHA-256 {printed['sha256']}" in out


def test_the_bundled_samples_check_out(amarathon: Command) -> None:
    printed = as_json(amarathon, "bundled", "--audio")
    assert printed["name"] == "bundled"
    assert printed["excluded"] == []


def test_names_with_brackets_are_printed_as_they_are(amarathon: Command, tmp_path: Path) -> None:
    line = {
        "file_name": "[red]gone[red].wav",
        "id": "[bold]x[/nonsense]",
        "task": "ASR",
        "reference": "words",
    }
    (tmp_path / "metadata.jsonl").write_text(json.dumps(line))
    code, out, _ = amarathon("datasets", "check", tmp_path)
    assert code == 1
    assert ": 0 samples of 0 tasks.\n\n1 record is excluded:\n" in out
    assert "[bold]x[/nonsense]" in out
    assert "'[red]gone[red].wav' does not exist" in out


def test_many_exclusions_are_cut_short_but_counted(amarathon: Command, tmp_path: Path) -> None:
    lines = [
        {"file_name": "gone.wav", "id": f"n{number:02}", "task": "ASR", "reference": "w"}
        for number in range(60)
    ]
    (tmp_path / "metadata.jsonl").write_text("\n".join(map(json.dumps, lines)))
    _, out, _ = amarathon("datasets", "check", tmp_path)
    assert "60 records are excluded:" in out
    assert "n49" in out
    assert "n50" not in out
    assert "and 10 more; --json lists them all." in out


@pytest.mark.parametrize("folder", ["no-such-folder", "."])
def test_nothing_usable_is_one_sentence_and_exit_code_1(
    amarathon: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = amarathon("datasets", "check", folder)
    assert (code, out) == (1, "")
    assert err.startswith("amarathon: The")
    assert err.count("\n") == 1


def test_download_says_which_commit_it_got(
    amarathon: Command, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_PROGRESS_BARS", True)
    with serve(root) as hub:
        use_endpoint(monkeypatch, hub.endpoint)
        arguments = (
            "datasets",
            "download",
            "MC",
            "ASC",
            "--to",
            tmp_path / "data",
            "--repository",
            REPOSITORY,
        )
        code, out, _ = amarathon(*arguments)
    assert code == 0
    assert out == f"MC, ASC: 8 files, 0.00 GB, of {REPOSITORY} at {COMMIT}.\n"
    assert {sample.task for sample in load_dataset(tmp_path / "data").samples} == {"MC", "ASC"}


def test_a_download_without_network_is_one_sentence(
    amarathon: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_endpoint(monkeypatch, "http://127.0.0.1:1")
    code, out, err = amarathon("datasets", "download", "MC", "--to", tmp_path / "data")
    assert (code, out) == (1, "")
    assert err == "amarathon: The Hugging Face Hub cannot be reached; check the network.\n"
