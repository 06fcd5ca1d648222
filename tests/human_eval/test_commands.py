"""``python -m human_eval``, as a person types it."""

import json

import pytest
from typer.testing import CliRunner

from human_eval.__main__ import app


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs a command on a data folder of its own."""
    monkeypatch.setenv("AMARATHON_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("AMARATHON_ADMIN", "boss")
    monkeypatch.delenv("DATABASE_URL", raising=False)

    def call(*words, status=0, typed=""):
        done = CliRunner().invoke(app, [str(word) for word in words], input=typed)
        assert done.exit_code == status, done.output
        return done.output

    return call


def test_a_study_from_file_to_backup_and_back(run, dataset, tmp_path, monkeypatch):
    password = "correct horse battery"
    assert "administrator" in run("account", "boss", typed=f"{password}\n{password}\n")
    assert "administrator" in run("account", "boss", "--password", "another long one")
    (tmp_path / "study.yaml").write_text(f"name: First\ndataset: {dataset}\ntasks: [SCR]\noverlap: 2\n")
    assert "12 answers" in run("create", tmp_path / "study.yaml", "--preview")
    assert "with 6 recordings" in run("create", tmp_path / "study.yaml")
    assert len(list((tmp_path / "data/human_eval/audio").glob("*.opus"))) == 6
    run("state", "First", "open")
    assert "/annotate#invite=" in run("invite", "First", "--uses", 5)
    assert "/verify#invite=" in run("invite")
    assert "First" in run("list")
    assert "open" in run("list")
    assert "rows" in run("backup", tmp_path / "backup.zip")
    monkeypatch.setenv("AMARATHON_DATA", str(tmp_path / "other"))
    run("restore", tmp_path / "backup.zip")
    assert "First" in run("list")


def test_mistakes_are_one_sentence(run, tmp_path):
    (tmp_path / "odd.json").write_text(json.dumps({"name": "x", "overlap": 0}))
    (tmp_path / "broken.json").write_text("{")
    tries = [
        (("create", tmp_path / "odd.json"), "overlap"),
        (("create", tmp_path / "broken.json"), "broken.json"),
        (("create", tmp_path / "absent.yaml"), "absent.yaml"),
        (("state", "Nothing", "open"), "'Nothing'"),
        (("state", "Nothing", "ajar"), "'ajar'"),
        (("account", "x", "--password", "short"), "10 characters"),
        (("restore", tmp_path / "broken.json"), "broken.json"),
    ]
    for words, expected in tries:
        output = run(*words, status=2)
        assert expected in output
        assert len(output.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("deep.yaml", "name: " + "[" * 20_000),
        ("deep.json", '{"name": ' + "[" * 200_000),
        ("zero.yaml", 'name: "a\\0b"'),
        ("zero.json", '{"name": "a\\u0000b"}'),
        ("zero in a list.json", '{"name": "a", "samples": ["\\u0000"]}'),
        ("zero in a path.json", '{"name": "a", "dataset": "\\u0000"}'),
        ("tab.yaml", "name:\t\tx\n\t- y"),
        ("number.yaml", "3"),
        ("list.json", "[]"),
        ("half.json", "{"),
        ("bytes.yaml", "\udcff"),
    ],
)
def test_a_study_that_cannot_be_read_is_one_sentence(run, tmp_path, name, content):
    (tmp_path / name).write_text(content, encoding="utf-8", errors="surrogateescape")
    output = run("create", tmp_path / name, status=2)
    assert len(output.splitlines()) == 1, output
    assert output.startswith("human_eval: ")
    assert output.endswith(".\n")
