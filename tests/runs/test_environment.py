import os
import shutil
import subprocess
from pathlib import Path

import amarathon
from amarathon.runs import environment
from amarathon.runs.environment import describe_environment


def test_the_environment_names_no_machine_and_no_user():
    described = describe_environment()
    text = " ".join([*described.hardware.values(), *described.libraries.values()])
    assert os.uname().nodename not in text.split()
    assert str(Path.home()) not in text
    assert described.libraries["amarathon"] == amarathon.__version__
    assert {"cpu", "cores", "memory", "system"} <= set(described.hardware)


def make_checkout(folder, monkeypatch):
    package = folder / "amarathon"
    package.mkdir()
    (package / "__init__.py").write_text("")
    monkeypatch.setattr(environment, "__file__", str(package / "runs" / "environment.py"))
    git(folder, "init", "--quiet")
    return package


def git(folder, *arguments):
    identity = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def test_the_commit_is_marked_where_the_package_differs_from_it(tmp_path, monkeypatch):
    package = make_checkout(tmp_path, monkeypatch)
    assert environment._commit() is None, "the package is not part of the repository it lies in"
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "-m", "first")
    commit = environment._commit()
    assert len(commit) == 40
    (tmp_path / "notes.txt").write_text("outside the package")
    assert environment._commit() == commit
    (package / "new.py").write_text("")
    assert environment._commit() == f"{commit}-dirty"


def test_without_git_there_is_no_commit(tmp_path, monkeypatch):
    make_checkout(tmp_path, monkeypatch)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert shutil.which("git") is None
    assert environment._commit() is None
