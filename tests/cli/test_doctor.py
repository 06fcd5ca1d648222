"""``amarathon doctor`` on a checkpoint folder."""

import json
import sys

import pytest

from amarathon.cli import main
from tests.models.families import faults
from tests.models.families.tiny import tiny


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("checkpoints") / "tiny-audio"
    lm = tiny("qwen2_audio")
    lm.model.save_pretrained(folder)
    lm.tokenizer.save_pretrained(folder)
    lm.feature_extractor.save_pretrained(folder)
    return folder


@pytest.fixture
def doctor(monkeypatch, capsys):
    """Runs the command; returns its exit status, its output and the last line of its messages."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["amarathon", "doctor", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        output, errors = capsys.readouterr()
        return ended.value.code, output, errors.strip().rpartition("\n")[2]

    return run


def test_a_sound_checkpoint_passes(doctor, folder):
    status, output, _ = doctor(folder, "--device", "cpu", "--seconds", "3", "--json")
    report = json.loads(output)
    assert (status, report["passed"]) == (0, True)
    assert report["facts"]["model"] == "tiny-audio"
    assert report["facts"]["family"] == "Qwen2-Audio"
    assert {finding["verdict"] for finding in report["findings"]} == {"passed"}


def test_a_fault_shows_in_the_table_and_ends_with_status_1(doctor, folder, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    faults.keeps_one_too_few("qwen2_audio", monkeypatch)
    status, output, message = doctor(folder, "--device", "cpu", "--seconds", "3")
    assert "tiny-audio, sha256:" in output
    assert "25 tokens a second, 300 s at most: 7500 tokens" in output
    for name in ("vanilla", "frame@0.6", "dart@0.6", "snapkv@0.6", "pool@2+frame@0.3+tova@0.5"):
        assert f"│ {name} " in output
    assert "frame@0.6, steps, sdpa: failed" in output
    assert "audio tokens were kept, not" in output
    assert status == 1
    assert message.startswith("amarathon: tiny-audio: ")
    assert message.endswith("checks failed.")


def test_other_families_are_refused_in_a_sentence(doctor, folder, tmp_path):
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "bark"}), encoding="utf-8")
    (tmp_path / "model.safetensors").write_bytes(b"")
    status, _, message = doctor(tmp_path)
    assert status == 1
    assert message.startswith("amarathon: Models of type 'bark' are not supported; supported are: Qwen2.5")
