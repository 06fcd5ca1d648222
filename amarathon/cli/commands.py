"""Which commands there are, and a group that imports a command's file when it is asked for.

Files of commands import what they work with, from pandas to the tools that build datasets; a list of the
commands needs none of it.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_group

# By name: the file and the sentence of the list, which is the first of the command's own description.
COMMANDS = {
    "tasks": ("tasks", "List the ten tasks."),
    "evaluate": ("evaluate", "Ask a model every sample of a dataset and score its answers."),
    "score": ("evaluate", "Score a run's answers afresh, bring its summary up to date and print it."),
    "compare": ("evaluate", "Test whether a run's configurations, or two runs, differ on the same samples."),
    "export": (
        "evaluate",
        "Write a run's records to one file for a spreadsheet or a script, or its scores for the Hub.",
    ),
    "pack": (
        "evaluate",
        "Copy a finished run with its records compressed; every command and the leaderboard read it.",
    ),
    "submit": (
        "submit",
        "Submit a run to a leaderboard, which scores its replies anew; an administrator decides.",
    ),
    "sweep": ("sweep", "Answer one question about a recording under several configurations, side by side."),
    "methods": ("sweep", "List the compression methods and where they come from."),
    "efficiency": (
        "efficiency",
        "Measure each configuration alone: median and quartiles of its stages, peak memory, cache, energy.",
    ),
    "probe": (
        "probe",
        "Probe what frozen audio encoders know of speech, sound and music, with intervals by source.",
    ),
    "calibrate": ("calibrate", "Weigh a model's attention heads for HeadRouter by labelled samples."),
    "findings": ("findings", "Write what pruning and eviction did to a model's scores, with paired tests."),
    "finetune": ("finetune", "Train a LoRA adapter that lets the language model read shortened audio."),
    "merge": ("finetune", "Write a checkpoint whose weights hold an adapter; it needs no peft."),
    "train-small": (
        "train_small",
        "Train the small model on AudioMarathon-mini, or go on where a training stopped.",
    ),
    "model-card": (
        "train_small",
        "Write a checkpoint's card anew, with the scores of a run and their intervals.",
    ),
    "bmld": (
        "bmld",
        "Measure an encoder's binaural masking level difference: how far it hears phase between two ears.",
    ),
    "train-binaural": (
        "bmld",
        "Train the two small nets that stand in for spatial encoders, with and without interaural phases.",
    ),
    "doctor": ("doctor", "Check that compression does to a checkpoint what its name says."),
    "models": ("models", "List models, and fetch those that are kept on this machine."),
    "datasets": ("datasets", "Look into datasets, download, import and publish them."),
    "build": ("build", "Build long-audio benchmarks."),
    "app": ("serve", "Serve the leaderboard, human evaluation and the live demo."),
}


class Commands(Mapping[str, Any]):
    """The commands themselves, each made when it is asked for."""

    def __getitem__(self, name: str) -> Any:
        return _registered(COMMANDS[name][0])[name]

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


class CommandGroup(TyperGroup):
    """The group of all commands."""

    def __init__(self, **settings: Any):
        super().__init__(**settings)
        self.commands: Any = Commands()
        self._listing = False

    def list_commands(self, ctx: Any) -> list[str]:
        """Their names, in order."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """A command; while a list is written, its name and its sentence alone."""
        if cmd_name not in COMMANDS:
            return None
        if self._listing:
            return TyperGroup(name=cmd_name, help=COMMANDS[cmd_name][1])
        return self.commands[cmd_name]

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the list."""
        self._listing = True
        try:
            super().format_help(ctx, formatter)
        finally:
            self._listing = False


@cache
def _registered(module: str) -> dict[str, Any]:
    """The commands of a file, by their names."""
    app = typer.Typer(pretty_exceptions_enable=False)
    app.callback()(_nothing)
    import_module(f"amarathon.cli.{module}").register(app)
    return dict(get_group(app).commands)


def _nothing() -> None:
    pass
