"""``amarathon sweep``: one recording under several configurations, and ``amarathon methods``."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from amarathon.audio import load_audio
from amarathon.cli.inputs import (
    AttentionOption,
    DeviceMapOption,
    DtypeOption,
    GridOption,
    ModelOption,
    split_names,
)
from amarathon.cli.services import HostOption, PythonOption, ServiceLoader, named_service
from amarathon.compression import METHODS, parse_configurations
from amarathon.compression.configuration import VANILLA
from amarathon.compression.grids import grid_names
from amarathon.datasets.checks import check_options
from amarathon.datasets.options import make_option
from amarathon.errors import DatasetError, ModelError, TaskError
from amarathon.generation.outcome import Outcome, Progress, unsure_sentence
from amarathon.models.remote import ServiceOptions
from amarathon.tasks import TASKS, Message, Task, free_question

if TYPE_CHECKING:
    from amarathon.models.open_model import OpenModel
    from amarathon.models.remote.model import RemoteModel

DEFAULT_CONFIGURATIONS = "vanilla,frame@0.6,fastv@0.6,snapkv@0.5"


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("sweep")(sweep_command)
    app.command("methods")(methods_command)


def sweep_command(
    context: typer.Context,
    audio: Annotated[Path, typer.Option(help="The recording.")],
    model: ModelOption = "small",
    attention: AttentionOption = None,
    device_map: DeviceMapOption = None,
    dtype: DtypeOption = None,
    task: Annotated[str, typer.Option(help="Ask with this task's prompt, for example SCR.")] = "",
    question: Annotated[str, typer.Option(help="The question; without --task it is asked as it is.")] = "",
    option: Annotated[list[str] | None, typer.Option(help="One choice; give it once for each.")] = None,
    configurations: Annotated[
        str,
        typer.Option(
            help=f"Names, separated by commas: {DEFAULT_CONFIGURATIONS}; of a service vanilla alone."
        ),
    ] = "",
    grid: GridOption = "",
    shared: Annotated[
        bool, typer.Option(help="Run what configurations have in common once; times are then shared.")
    ] = False,
    max_new_tokens: Annotated[
        int, typer.Option(min=0, help="Longest reply in tokens; 0 is the task's own.")
    ] = 0,
    seed: Annotated[int, typer.Option(help="Seed of the random methods.")] = 0,
    send_recordings_to: HostOption = None,
    worker_python: PythonOption = None,
    json_lines: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Answer one question about a recording under several configurations, side by side."""
    service = ServiceOptions(send_recordings_to=send_recordings_to, worker_python=worker_python)
    address = named_service(context, model)
    default = DEFAULT_CONFIGURATIONS if address is None else VANILLA
    wanted = grid_names(grid) if grid else split_names(configurations or default)
    names = [configuration.name for configuration in parse_configurations(wanted)]
    messages = _messages(task, question, option or [])
    recording = load_audio(audio)
    budget = max_new_tokens or (TASKS[task].reply_budget(recording.duration_s) if task else 64)

    from amarathon.generation.sweep import sweep
    from amarathon.models import load_model

    console = Console(stderr=True)
    lm: OpenModel | RemoteModel
    if address is None:
        lm = load_model(model, attn_implementation=attention, device_map=device_map, dtype=dtype)
    else:
        lm = ServiceLoader(address, service, f"The recording {audio.name}", console)()
    outcomes = []
    if address is None and lm.identity.notice:
        console.print(f"{lm.identity.name}: {lm.identity.notice}", style="yellow")
    with console.status("") as status:
        for event in sweep(
            lm,
            recording,
            messages,
            names,
            max_new_tokens=budget,
            seed=seed,
            warm_up=not shared,
            shared=shared,
        ):
            if isinstance(event, Progress):
                status.update(f"{event.configuration}: {event.stage} ({event.done} of {event.total} done)")
                continue
            outcomes.append(event)
            if json_lines:
                sys.stdout.write(json.dumps(_json_object(event), ensure_ascii=False) + "\n")
                sys.stdout.flush()
    if not json_lines:
        Console().print(_outcome_table(outcomes))
        for outcome in outcomes:
            if sentence := unsure_sentence(outcome):
                console.print(f"{outcome.configuration}: {sentence}", style="yellow")
    if all(outcome.error for outcome in outcomes):
        raise ModelError("No configuration gave an answer.")


def methods_command(
    json_lines: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """List the compression methods and where they come from."""
    table = Table("name", "method", "acts", "paper")
    for method in METHODS.values():
        row = {"name": method.name, "title": method.title, "stage": method.stage, "paper": method.paper}
        if json_lines:
            sys.stdout.write(json.dumps(row) + "\n")
        table.add_row(method.name, method.title, method.stage, method.paper or "of this project")
    if not json_lines:
        Console().print(table)


def _messages(task: str, question: str, options: list[str]) -> list[Message]:
    if not task:
        if not question:
            raise TaskError("Give --task, --question or both.")
        if options:
            raise TaskError("Options belong to a task: give --task as well.")
        return free_question(question)
    if task not in TASKS:
        raise TaskError(f"{task!r} is not a task; the tasks are {', '.join(TASKS)}.")
    _check_options(TASKS[task], options)
    return TASKS[task].free_messages(question or TASKS[task].question, options)


def _check_options(task: Task, options: list[str]) -> None:
    """Refuse what `datasets check` refuses in a sample of this task."""
    if not task.is_multiple_choice and options:
        raise TaskError(f"{task.code} is answered in words: it takes no options.")
    if not task.prompt.option and not options:
        return  # the prompt itself says what may be answered
    try:
        check_options([make_option(text, task.labels) for text in options], task)
    except DatasetError as error:
        raise TaskError(f"The question cannot be asked. {error}") from error


def _json_object(outcome: Outcome) -> dict[str, object]:
    names = ("configuration", "reply", "new_tokens", "audio_tokens", "kept_tokens")
    fields: dict[str, object] = {name: getattr(outcome, name) for name in names}
    sizes = {"peak_bytes": outcome.peak_bytes, "cache_bytes": outcome.cache_bytes}
    unsure = {"unsure_spans": outcome.unsure_spans}
    return fields | asdict(outcome.timings) | sizes | unsure | {"error": outcome.error}


def _outcome_table(outcomes: list[Outcome]) -> Table:
    table = Table("configuration", "reply")
    for heading in ("kept", "encoder s", "prefill s", "TTFT s", "decode s", "peak MB", "cache MB"):
        table.add_column(heading, justify="right")
    for outcome in outcomes:
        times = outcome.timings
        seconds = (times.encoder_s, times.prefill_s, times.first_token_s, times.decode_s)
        sizes = (outcome.peak_bytes, outcome.cache_bytes)
        table.add_row(
            outcome.configuration,
            outcome.error or (outcome.reply if len(outcome.reply) <= 60 else outcome.reply[:59] + "…"),
            f"{outcome.kept_tokens}/{outcome.audio_tokens}",
            *(f"{value:.2f}" if value is not None else "-" for value in seconds),
            *(f"{value / 1e6:.0f}" if value is not None else "-" for value in sizes),
        )
    return table
