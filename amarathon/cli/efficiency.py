"""``amarathon efficiency``: speed, memory and energy of configurations run alone."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from amarathon.cli.inputs import (
    AttentionOption,
    ConfigurationsOption,
    DeviceMapOption,
    DtypeOption,
    GridOption,
    ModelLoader,
    WeightsOption,
    find_samples,
    split_names,
)
from amarathon.compression import parse_configurations
from amarathon.compression.grids import grid_names

if TYPE_CHECKING:
    from amarathon.efficiency import EfficiencyRecord, Spread


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("efficiency")(efficiency_command)


def efficiency_command(
    out: Annotated[Path, typer.Option(help="Folder of the records; what is there is not measured again.")],
    dataset: Annotated[str, typer.Option(help="bundled, a folder, or a dataset id on the Hub.")] = "bundled",
    model: WeightsOption = "small",
    attention: AttentionOption = None,
    device_map: DeviceMapOption = None,
    dtype: DtypeOption = None,
    configurations: ConfigurationsOption = "vanilla",
    grid: GridOption = "",
    tasks: Annotated[str, typer.Option(help="Task codes, separated by commas; empty is all.")] = "SCR",
    limit: Annotated[int, typer.Option(min=1, help="Most samples of each task.")] = 1,
    repeats: Annotated[int, typer.Option(min=1, help="Answers that count, for each record.")] = 5,
    warm_up: Annotated[int, typer.Option(min=0, help="Answers before them that do not.")] = 1,
    seed: Annotated[int, typer.Option(help="Seed of the random methods.")] = 0,
    json_lines: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Measure each configuration alone: median and quartiles of its stages, peak memory, cache, energy.

    The leaderboard ranks speed and memory by these records only.
    """
    wanted = grid_names(grid) if grid else split_names(configurations)
    names = [configuration.name for configuration in parse_configurations(wanted)]
    console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
    samples = find_samples(dataset, [code for code in tasks.split(",") if code], limit, console)
    from amarathon.efficiency import record_efficiency

    def show_record(record: "EfficiencyRecord") -> None:
        console.print(f"{record.sample_id} {record.configuration}: TTFT {_seconds(record.first_token_s)}")

    load = ModelLoader(model, console, attention, device_map, dtype)
    records = record_efficiency(
        load, samples, names, out, seed=seed, warm_up=warm_up, repeats=repeats, progress=show_record
    )
    if json_lines:
        sys.stdout.writelines(record.model_dump_json() + "\n" for record in records)
    else:
        Console().print(_record_table(records))


def _record_table(records: "list[EfficiencyRecord]") -> Table:
    table = Table("sample", "configuration")
    for heading in ("kept", "encoder s", "prefill s", "TTFT s", "decode s", "peak MB", "cache MB", "J"):
        table.add_column(heading, justify="right")
    for record in records:
        stages = (record.encoder_s, record.prefill_s, record.first_token_s, record.decode_s)
        table.add_row(
            record.sample_id,
            record.configuration,
            f"{record.kept_tokens}/{record.audio_tokens}",
            *map(_seconds, stages),
            f"{record.memory.peak_bytes / 1e6:.0f}",
            f"{sum(record.cache_bytes) / 1e6:.1f}",
            "-" if record.energy_j is None else f"{record.energy_j:.1f}",
        )
    return table


def _seconds(spread: "Spread") -> str:
    return f"{spread.median:.3f} ({spread.low:.3f} to {spread.high:.3f})"
