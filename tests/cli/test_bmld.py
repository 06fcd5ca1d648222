"""``amarathon bmld``: its options, its table and its refusals."""

import json

import pytest
from typer.testing import CliRunner

from amarathon import cli
from amarathon.errors import AmarathonError
from amarathon.psychoacoustics import ENCODERS

SMALL = ["--frequencies", "500", "--ratios", "-14", "--seeds", "3", "--seconds", "0.2"]


def run(*arguments):
    return CliRunner().invoke(cli.app, ["bmld", *arguments])


def test_the_table_has_the_cell_beside_the_ideal_listener(tmp_path):
    done = run("--encoder", "log-mel", "--binaural", "left", "--out", str(tmp_path / "out"), *SMALL)
    assert done.exit_code == 0, done.output
    assert "10.73" in done.output
    assert "+0.00" in done.output


def test_the_summary_is_json(tmp_path):
    done = run(
        "--encoder", "gcc-phat", "--out", str(tmp_path / "out"), "--ablations", "all", "--json", *SMALL
    )
    summary = json.loads(done.stdout)
    assert summary["headline"] == "ratio_of_means_db"
    assert [cell["ablation"] for cell in summary["cells"]] == ["raw", "highpass", "energy", "vocoder"]
    again = run("--encoder", "gcc-phat", "--out", str(tmp_path / "out"), "--ablations", "all", *SMALL)
    assert " s\n" not in again.stderr


def test_the_list_names_every_encoder():
    done = run("--list")
    assert all(name in done.output for name in ENCODERS)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--encoder", "log-mel", *SMALL], "by --out"),
        (["--encoder", "log-mel", "--out", "x", *SMALL], "binaural question has no answer natively"),
        (["--encoder", "log-mel", "--out", "x", "--frequencies", "low"], "--frequencies takes numbers"),
        (["--encoder", "wavjepa", "--out", "x"], "WavJEPA is no class of transformers"),
    ],
)
def test_refusals_are_one_sentence(arguments, why, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = run(*arguments)
    assert done.exit_code != 0
    assert isinstance(done.exception, AmarathonError)
    assert why in str(done.exception)
    assert not (tmp_path / "x").exists()


def test_kemar_is_not_fetched_unasked(tmp_path, monkeypatch):
    monkeypatch.setattr("amarathon.psychoacoustics.hrtf.sources_folder", lambda: tmp_path)
    done = run("--encoder", "gcc-phat", "--targets", "kemar", "--out", str(tmp_path / "x"))
    assert "--fetch gets them" in str(done.exception)
