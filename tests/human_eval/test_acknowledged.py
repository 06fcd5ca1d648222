"""A command says that something is done once it is on the disk, not before."""

import pytest
from typer.testing import CliRunner

from human_eval import __main__ as commands
from human_eval.errors import StorageError
from human_eval.storage.database import Database

RUN = CliRunner()
ANN = ["account", "ann", "--password", "correct horse battery"]


@pytest.fixture
def full(tmp_path, monkeypatch):
    """A database that has an account and takes nothing more."""
    monkeypatch.setenv("AMARATHON_DATA", str(tmp_path))
    assert RUN.invoke(commands.app, ANN).output == "ann: account is ready.\n"
    writing = Database.writing

    def refuse(self, **options):
        class Full:
            def __enter__(self):
                self.inner = writing(self.database, **options)
                return self.inner.__enter__()

            def __exit__(self, *_):
                self.inner.__exit__(StorageError, StorageError("full"), None)
                raise StorageError("The disk of the database is full.")

        refused = Full()
        refused.database = self
        return refused

    monkeypatch.setattr(Database, "writing", refuse)


@pytest.mark.parametrize(
    "command", [["account", "rita", *ANN[2:]], ANN, ["invite"], ["remove-account", "ann", "--yes"]]
)
def test_nothing_is_said_to_be_done_that_is_not(full, command):
    answer = RUN.invoke(commands.app, command)
    assert answer.exit_code == 2
    assert answer.stdout == ""
    assert answer.stderr == "human_eval: The disk of the database is full.\n"
