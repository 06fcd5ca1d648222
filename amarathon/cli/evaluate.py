"""``amarathon evaluate``, and ``score``, ``compare``, ``export`` and ``pack`` for what it wrote."""

import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import Annotated, Literal

import typer
from rich.console import Console

from amarathon.cli.inputs import (
    AttentionOption,
    ConfigurationsOption,
    DeviceMapOption,
    DtypeOption,
    GridOption,
    ModelLoader,
    ModelOption,
    find_samples,
    identity_name,
)
from amarathon.cli.obeying import given
from amarathon.cli.run_progress import show_progress
from amarathon.cli.services import (
    DollarsOption,
    FormOption,
    HostOption,
    LengthOption,
    PriceOption,
    PythonOption,
    RateOption,
    RecordOption,
    RepeatsOption,
    ReplayOption,
    ServiceLoader,
    ThinkingOption,
    TimeoutOption,
    TokensOption,
    estimate_lines,
    named_service,
    parse_price,
    what_is_sent,
)
from amarathon.compression.configuration import VANILLA
from amarathon.errors import RunError, ServiceError
from amarathon.metrics.protocols import ScoringProtocol
from amarathon.models.remote import Address, ServiceOptions
from amarathon.runs import DeferredModel, Run, evaluate, read_run
from amarathon.runs.engines import Engine, LocalEngine, ThreadEngine
from amarathon.runs.engines.threads import DEFAULT_COUNT
from amarathon.runs.reading import HEADER_FILE
from amarathon.runs.summary import summary_of
from amarathon.tasks.sample import SampleSet

# What a shell reports for a command that Ctrl-C ended.
INTERRUPTED = 130
# Options that some engines alone obey.
ENGINES_WITH = {"workers": ("threads", "ray"), "ray_address": ("ray",)}


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("evaluate")(evaluate_command)
    app.command("score")(score_command)
    app.command("compare")(compare_command)
    app.command("export")(export_command)
    app.command("pack")(pack_command)


def evaluate_command(
    context: typer.Context,
    out: Annotated[
        Path | None, typer.Option(help="The run's folder; a run that stopped in it is continued.")
    ] = None,
    dataset: Annotated[
        str, typer.Option(help="bundled, a folder, or a dataset id on the Hub, which is downloaded.")
    ] = "bundled",
    model: ModelOption = "small",
    attention: AttentionOption = None,
    device_map: DeviceMapOption = None,
    dtype: DtypeOption = None,
    configurations: ConfigurationsOption = "vanilla",
    grid: GridOption = "",
    tasks: Annotated[str, typer.Option(help="Task codes, separated by commas; all by default.")] = "",
    limit: Annotated[int | None, typer.Option(min=1, help="Most samples of each task.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of the random methods.")] = 0,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Ask again for answers that failed.")
    ] = False,
    engine: Annotated[
        Literal["local", "threads", "ray"] | None,
        typer.Option(
            help="local: one at a time; threads: many at once, a service's default; ray: Ray workers."
        ),
    ] = None,
    ray_address: Annotated[
        str | None,
        typer.Option(envvar="RAY_ADDRESS", help="A Ray cluster; without it one is started on this machine."),
    ] = None,
    workers: Annotated[
        int,
        typer.Option(
            min=0,
            max=256,
            help="Questions on their way to a service, 4 by default; or Ray workers, one for each GPU.",
        ),
    ] = 0,
    send_recordings_to: HostOption = None,
    budget_usd: DollarsOption = None,
    budget_tokens: TokensOption = None,
    price: PriceOption = None,
    requests_per_minute: RateOption = None,
    timeout: TimeoutOption = 300.0,
    max_audio_s: LengthOption = None,
    audio_form: FormOption = None,
    thinking_tokens: ThinkingOption = None,
    record: RecordOption = None,
    replay: ReplayOption = None,
    worker_python: PythonOption = None,
    repeats: RepeatsOption = 1,
    only_estimate: Annotated[
        bool, typer.Option("--estimate", help="Say what a service would be sent and cost, and ask nobody.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but the scores.")] = False,
) -> None:
    """Ask a model every sample of a dataset and score its answers.

    Every answer is on the disk as soon as it is there. The same command continues a run
    that was stopped, and does nothing for one that is finished.
    """
    from amarathon.cli.inputs import split_names
    from amarathon.compression import parse_configurations
    from amarathon.compression.grids import grid_names

    address = named_service(context, model, replay)
    engine = engine or ("threads" if address else "local")
    _refuse_idle_options(context, engine)
    service = ServiceOptions(
        send_recordings_to=send_recordings_to,
        budget_usd=budget_usd,
        budget_tokens=budget_tokens,
        price=parse_price(price),
        requests_per_minute=requests_per_minute,
        timeout_s=timeout,
        max_audio_s=max_audio_s,
        audio_form=audio_form,
        thinking_tokens=thinking_tokens,
        record=record,
        replay=replay,
        worker_python=worker_python,
    )
    wanted = grid_names(grid) if grid else split_names(configurations)
    names = [configuration.name for configuration in parse_configurations(wanted)]
    console = Console(stderr=True, quiet=quiet, highlight=False, markup=False, soft_wrap=True)
    samples = find_samples(dataset, [code for code in tasks.split(",") if code], limit, console)
    if only_estimate and address is not None:
        _print_estimate(address, service, samples, repeats, out)
        return
    if out is None:
        raise RunError("Give the run's folder as --out.")
    load: ModelLoader | ServiceLoader = ModelLoader(model, console, attention, device_map, dtype)
    if address is not None:
        load = ServiceLoader(address, service, what_is_sent(samples), console)
    try:
        with _stoppable(), show_progress(console) as show:
            evaluate(
                DeferredModel(identity_name(model), load),
                samples,
                names,
                out,
                seed=seed,
                engine=_engine(engine, workers, ray_address),
                retry_failed=retry_failed,
                repeats=repeats,
                progress=show,
            )
    except KeyboardInterrupt:
        sys.stderr.write(f"Stopped. The answers so far are in {out}; the same command continues.\n")
        raise typer.Exit(INTERRUPTED) from None
    except ServiceError as error:
        raise ServiceError(f"{error} The answers so far are in {out}; the same command continues.") from None
    _print_scores(read_run(out), "strict", details=False)


def _refuse_idle_options(context: typer.Context, engine: str) -> None:
    """Refuse what this engine would pass over."""
    for name, written in given(context):
        if engine not in ENGINES_WITH.get(name, (engine,)):
            raise RunError(f"{written} is for --engine {' or '.join(ENGINES_WITH[name])}, not for {engine}.")


def _engine(name: str, workers: int, ray_address: str | None) -> Engine:
    if name == "ray":
        from amarathon.runs.engines.ray import RayEngine

        return RayEngine(ray_address, workers)
    return ThreadEngine(workers or DEFAULT_COUNT) if name == "threads" else LocalEngine()


def _print_estimate(
    address: Address, options: ServiceOptions, samples: SampleSet, repeats: int, out: Path | None
) -> None:
    from amarathon.models.remote.estimating import estimate

    done: set[tuple[str, str, str]] = set()
    if out is not None and (out / HEADER_FILE).exists():
        done = {prediction.key for prediction in read_run(out).predictions() if not prediction.error}
    left = [
        sample
        for asked_before in range(repeats)
        for sample in samples.samples
        if (sample.id, VANILLA, str(asked_before)) not in done
    ]
    for line in estimate_lines(address, samples.name, estimate(address, options, left)):
        typer.echo(line)


def score_command(
    run: Annotated[Path, typer.Argument(help="The run's folder.")],
    protocol: Annotated[
        ScoringProtocol, typer.Option(help="How unread replies and transcripts count.")
    ] = "strict",
    details: Annotated[
        bool, typer.Option("--details", help="Also by duration and slice, and the word errors.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The whole summary as JSON.")] = False,
) -> None:
    """Score a run's answers afresh, bring its summary up to date and print it."""
    from amarathon.runs.summary import write_summary

    summary = write_summary(run, afresh=True)
    if as_json:
        sys.stdout.write(summary.model_dump_json(indent=1) + "\n")
    else:
        _print_scores(read_run(run), protocol, details=details)


def compare_command(
    run: Annotated[Path, typer.Argument(help="The run's folder.")],
    other: Annotated[
        Path | None, typer.Argument(help="A second run on the same samples, compared with the first.")
    ] = None,
    baseline: Annotated[
        str, typer.Option(help="Within one run: the configuration that the others are compared with.")
    ] = VANILLA,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Test whether a run's configurations, or two runs, differ on the same samples."""
    from amarathon.cli.run_tables import comparison_report
    from amarathon.runs import compare_configurations, compare_runs

    first = read_run(run)
    if other is None:
        compared, title = compare_configurations(first, baseline), f"{run.name}, compared with {baseline}."
    else:
        compared, title = compare_runs(first, read_run(other)), f"{other.name}, compared with {run.name}."
    if as_json:
        sys.stdout.writelines(json.dumps(asdict(comparison)) + "\n" for comparison in compared)
    else:
        Console().print(comparison_report(compared, title))


def export_command(
    run: Annotated[Path, typer.Argument(help="The run's folder.")],
    to: Annotated[
        Path,
        typer.Argument(
            help="A file that ends in .csv (its answers), .json (all of it), .yaml (scores for a model's "
            "`.eval_results/` on the Hugging Face Hub) or .md (for its card: `model-index`)."
        ),
    ],
    configuration: Annotated[
        str, typer.Option(help="For .yaml, which holds one configuration: the run's first by default.")
    ] = "",
    hub_dataset: Annotated[
        str,
        typer.Option(help="For .yaml and .md: the dataset's id on the Hub, where the run does not name it."),
    ] = "",
) -> None:
    """Write a run's records to one file for a spreadsheet or a script, or its scores for the Hub."""
    from amarathon.runs.export import export_run

    export_run(read_run(run), to, configuration=configuration or None, hub_dataset=hub_dataset or None)


def pack_command(
    run: Annotated[Path, typer.Argument(help="A finished run's folder.")],
    to: Annotated[Path, typer.Argument(help="A new folder, for a copy in little room.")],
) -> None:
    """Copy a finished run with its records compressed; every command and the leaderboard read it."""
    from amarathon.runs.packing import pack_run

    typer.echo(f"{to}: {pack_run(run, to) / 1e6:.2f} MB")


def _print_scores(run: Run, protocol: ScoringProtocol, *, details: bool) -> None:
    from amarathon.cli.run_tables import score_report

    Console().print(score_report(run, summary_of(run), protocol, details=details))


@contextmanager
def _stoppable() -> Iterator[None]:
    """End on SIGTERM as on Ctrl-C: between two answers' lines, with a word on how to go on."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    earlier = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, earlier)
