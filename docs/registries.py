"""A hook of mkdocs: ``{{ name }}`` in a page becomes a table read from the registry of that name."""

import re
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import typer

_MARK = re.compile(r"^\{\{ (\w+) \}\}$", re.MULTILINE)


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Fill a page's marks.

    Raises
    ------
    KeyError
        If a mark names no registry.
    """
    return _MARK.sub(lambda mark: TABLES[mark[1]](), markdown)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _tasks() -> str:
    from amarathon.tasks import TASKS

    rows = ((t.code, t.name, t.group, t.question, t.metric, t.source) for t in TASKS.values())
    return _table(["Code", "Task", "Group", "Question", "Metric", "Source"], rows)


def _kinds() -> str:
    from amarathon.tasks import KINDS

    scores = {"accuracy": "accuracy", "war": "word accuracy", "bleu": "BLEU"}
    rows = (
        (k.code, k.name, scores[k.metric], k.tokenizer or "-", " ".join(k.prompt.user.split()))
        for k in KINDS.values()
    )
    return _table(["Kind", "What it is", "Score", "Tokenizer", "What is asked"], rows)


def _benchmarks() -> str:
    from amarathon.datasets.imports import benchmarks

    rows = (
        (
            f"`{b.name}`",
            f"[{b.title}]({b.source})",
            b.kind,
            ", ".join(list(b.splits)[:4]) + (f" and {len(b.splits) - 4} more" if len(b.splits) > 4 else ""),
            f"[{b.hub.repository}](https://huggingface.co/datasets/{b.hub.repository})" if b.hub else "-",
            b.licence,
        )
        for b in benchmarks().values()
    )
    return _table(["Name", "Benchmark", "Kind", "Splits", "From", "Licence"], rows)


def _methods() -> str:
    from amarathon.compression import METHODS

    acts = {
        "before": "shortens audio before the language model",
        "prune": "prunes audio tokens",
        "evict": "evicts cache entries",
    }
    rows = (
        (
            f"`{name}`",
            method.title,
            acts[method.stage],
            method.summary,
            f"[paper]({method.paper})" if method.paper else "this project",
        )
        for name, method in METHODS.items()
    )
    return _table(["Name", "Method", "What it does", "How it chooses", "From"], rows)


def _encoders() -> str:
    from amarathon.probes.encoders import ENCODERS

    rows = (
        (
            f"`{entry.name}`",
            entry.title,
            entry.learned,
            f"{entry.package.name} {entry.package.version} ({entry.package.licence})"
            if entry.package
            else "",
        )
        for entry in ENCODERS.values()
    )
    return _table(["Name", "Encoder", "Learned for", "Fetched when asked for"], rows)


def _probe_tasks() -> str:
    from amarathon.probes.tasks import PROBE_TASKS

    rows = (
        (f"`{task.name}`", task.title, task.domain, task.held_out, task.note) for task in PROBE_TASKS.values()
    )
    return _table(["Name", "What is asked", "Domain", "Held out", "Mind"], rows)


def _families() -> str:
    from amarathon.models.families import FAMILIES

    rows = (
        (
            f.title,
            ", ".join(f"`{t}`" for t in f.model_types),
            f"{f.tokens_per_second:g}",
            f"{f.max_audio_s:g}",
        )
        for f in FAMILIES
    )
    return _table(["Family", "Model type", "Audio tokens a second", "Longest recording, s"], rows)


def _services() -> str:
    from amarathon.models.remote.forms import FORMS
    from amarathon.models.remote.services import SERVICES

    rows = (
        (
            f"`{service.name}:`" if service.base_url or service.endpoint_variable else f"`{service.example}`",
            service.title,
            f"`{service.key_variable}`",
            f"{service.form.upper()}, {service.longest_s(FORMS[service.form]):g} s",
            f"{service.longest_s(FORMS['mp3']):g} s",
            f"{service.tokens_per_second:g}",
            service.keeps,
        )
        for service in SERVICES.values()
    )
    head = ["Name", "Service", "Key", "Recordings", "As MP3", "Tokens a second, guessed", "What it keeps"]
    return _table(head, rows)


def _prices() -> str:
    from amarathon.models.remote.services import SERVICES

    rows = (
        (
            f"`{service.name}:{price.model}`",
            *(f"{dollars:.2f}" for dollars in (price.text, price.audio, price.output)),
            price.on + (f", until {price.until}" if price.until else ""),
            price.source + (f"; {price.note}" if price.note else ""),
        )
        for service in SERVICES.values()
        for price in service.prices
    )
    head = ["Model", "Text", "Audio", "Replies", "Read on", "Source"]
    return "US dollars per million tokens.\n\n" + _table(head, rows)


def _paper_models() -> str:
    from leaderboard.today import models_today

    rows = (
        (
            row.model,
            " ".join(part for part in (f"`{row.command}`" if row.command else "", row.says) if part),
            f"[{row.checked}]({row.source})",
        )
        for row in models_today()
    )
    return _table(["Model", "How to run it", "As of"], rows)


def _corpora() -> str:
    from amarathon.construction.corpora import CORPORA

    rows = ((f"`{name}`", corpus.task, corpus.licence) for name, corpus in CORPORA.items())
    return _table(["Name", "Task", "Licence"], rows)


def _settings() -> str:
    from amarathon.settings import Settings, variable_names

    rows = (
        (
            " or ".join(f"`{variable}`" for variable in variable_names(name)),
            "unset" if field.default in (None, ()) else f"`{field.default}`",
            field.description or "",
        )
        for name, field in Settings.model_fields.items()
    )
    return _table(["Variable", "Default", "Meaning"], rows)


def commands() -> dict[str, Any]:
    """Every command of ``amarathon`` and of the faces' own programs that does something, by its name."""
    from amarathon.cli import app
    from human_eval.__main__ import app as human_app
    from leaderboard.__main__ import app as board_app

    return dict(
        [
            *sorted(commands_of(typer.main.get_command(app), "amarathon")),
            *sorted(commands_of(typer.main.get_command(human_app), "python -m human_eval")),
            *sorted(commands_of(typer.main.get_command(board_app), "python -m leaderboard")),
        ]
    )


def _commands() -> str:
    return "\n\n".join(_command(name, command) for name, command in commands().items())


def commands_of(command: Any, path: str) -> Iterable[tuple[str, Any]]:
    """Every command below `command` (of click or of typer) that does something, with its whole name."""
    if hasattr(command, "commands"):
        if getattr(command, "invoke_without_command", False):
            yield path, command
        for name, inner in command.commands.items():
            yield from commands_of(inner, f"{path} {name}")
    else:
        yield path, command


def _command(path: str, command: Any) -> str:
    head = f"## `{path}`\n\n{(command.help or '').strip()}\n\n"
    rows = [
        (
            ", ".join(f"`{name}`" for name in option.opts),
            " ".join((getattr(option, "help", None) or "").split()),
        )
        for option in command.params
        if option.name != "help"
    ]
    return head + (_table(["Option", "Meaning"], rows) if rows else "")


def _pages() -> str:
    from front_door.app import PAGES

    return _table(["Path", "Page"], ((f"`{page.path}`", page.name) for page in PAGES))


def _routes() -> str:
    groups: dict[str, list[tuple[str, str]]] = {}
    for method, path, operation in operations():
        what = operation["description"].split("\n")[0]
        groups.setdefault(operation["tags"][0], []).append((f"`{method} {path}`", what))
    return "\n\n".join(
        f"## {name.capitalize()}\n\n{_table(['Route', 'What it does'], rows)}"
        for name, rows in groups.items()
    )


def _figures() -> str:
    from leaderboard.figures import FIGURES

    rows = (
        (
            f"`{name}`",
            figure.about,
            ", ".join(f"`{field}`" for field in figure.parameters.model_fields) or "none",
        )
        for name, figure in FIGURES.items()
    )
    return _table(["Figure", "What it shows", "Parameters"], rows)


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every route of the application: its method, its path, and what ``/openapi.json`` says of it."""
    from fastapi import FastAPI

    from amarathon.settings import Settings
    from front_door.app import build_routers
    from human_eval.service import open_service
    from leaderboard.opening import open_store
    from leaderboard.samples.library import open_library
    from web import health

    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), database_url=None)
        people = open_service(settings)
        try:
            store, library = open_store(settings), open_library(settings, people.held_back)
            routers = [health.router(threading.Event()), *build_routers(settings, people, store, library)]
            paths = FastAPI(routes=[route for router in routers for route in router.routes]).openapi()[
                "paths"
            ]
        finally:
            people.database.close()
    for path, methods in paths.items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def _metrics() -> str:
    from amarathon.settings import Settings
    from human_eval.metrics import HumanEvalCollector
    from human_eval.service import open_service
    from live_demo.metrics import DemoCollector
    from live_demo.service import DemoService
    from web.metrics import Metrics

    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), database_url=None)
        people = open_service(settings)
        try:
            faces = [HumanEvalCollector(people.database), DemoCollector(DemoService(settings).queue)]
            found = list(Metrics(settings, faces).registry.collect())
        finally:
            people.database.close()
    rows = (
        (f"`{metric.name}{'_total' if metric.type == 'counter' else ''}`", metric.type, metric.documentation)
        for metric in found
        if metric.name.startswith("amarathon")
    )
    return _table(["Metric", "Type", "What it says"], sorted(rows))


def _strategies() -> str:
    from amarathon.compression.strategies import strategy_table

    return strategy_table()


TABLES: dict[str, Callable[[], str]] = {
    "tasks": _tasks,
    "kinds": _kinds,
    "benchmarks": _benchmarks,
    "methods": _methods,
    "families": _families,
    "encoders": _encoders,
    "probe_tasks": _probe_tasks,
    "services": _services,
    "prices": _prices,
    "paper_models": _paper_models,
    "corpora": _corpora,
    "settings": _settings,
    "commands": _commands,
    "pages": _pages,
    "routes": _routes,
    "metrics": _metrics,
    "strategies": _strategies,
    "figures": _figures,
}
