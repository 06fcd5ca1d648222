"""``amarathon doctor``: the checks of compression on one's own checkpoint."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from amarathon.cli.inputs import DeviceMapOption
from amarathon.cli.services import HostOption, PythonOption, ServiceLoader, ThinkingOption, named_service
from amarathon.errors import CheckError
from amarathon.models.remote import Address, ServiceOptions

if TYPE_CHECKING:
    from amarathon.doctor.examination import Finding
    from amarathon.doctor.facts import Facts
    from amarathon.models.remote.model import RemoteModel

COLUMNS = (
    ("prompt", "sdpa"),
    ("prompt", "eager"),
    ("ratio 0", "sdpa"),
    ("ratio 0", "eager"),
    ("steps", "sdpa"),
    ("steps", "eager"),
    ("generate", "sdpa"),
    ("own loop", "sdpa"),
    ("turn", "sdpa"),
    ("shared", "sdpa"),
)


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("doctor")(doctor_command)


def doctor_command(
    context: typer.Context,
    model: Annotated[str, typer.Argument(help="small, a Hub id, a checkpoint folder, or a service's model.")],
    revision: Annotated[str | None, typer.Option(help="Commit, tag or branch on the Hub.")] = None,
    device: Annotated[str | None, typer.Option(help="CUDA when present, else the CPU.")] = None,
    device_map: DeviceMapOption = None,
    seconds: Annotated[
        float | None,
        typer.Option(
            min=1.0, help="Length of the recording; by default more than one piece of the encoder's."
        ),
    ] = None,
    send_recordings_to: HostOption = None,
    thinking_tokens: ThinkingOption = None,
    worker_python: PythonOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of tables.")] = False,
) -> None:
    """Check that compression does to a checkpoint what its name says.

    Every method runs on a test recording, in float32, and its logits are compared with those of
    the whole model that is shown the removed tokens but masks them out. A model behind a service is asked a
    few questions instead: whether it says who answers, hears the end of five minutes, and reads all of them.
    """
    options = ServiceOptions(
        send_recordings_to=send_recordings_to, thinking_tokens=thinking_tokens, worker_python=worker_python
    )
    address = named_service(context, model)
    if address is not None:
        _examine_service(address, options, as_json=as_json)
        return
    from transformers import logging

    from amarathon.doctor.examination import examine
    from amarathon.doctor.facts import facts_of
    from amarathon.models import load_model

    # It warns of towers that are left out, at each change of attention.
    logging.set_verbosity_error()
    lm = load_model(model, revision=revision, device=device, dtype="float32", device_map=device_map)
    facts, findings = facts_of(lm), []
    with Console(stderr=True).status(f"checking {facts.model}") as status:
        for finding in examine(lm, seconds):
            findings.append(finding)
            status.update(f"{finding.configuration}: {finding.check} {finding.verdict}")
    failed = [finding for finding in findings if finding.verdict == "failed"]
    if as_json:
        report = {
            "facts": asdict(facts),
            "findings": [asdict(finding) for finding in findings],
            "passed": not failed,
        }
        sys.stdout.write(json.dumps(report, ensure_ascii=False, indent=2) + "\n")
    else:
        _print(facts, findings)
    if failed:
        raise CheckError(f"{facts.model}: {len(failed)} of {len(findings)} checks failed.")


def _examine_service(address: Address, options: ServiceOptions, *, as_json: bool) -> None:
    from amarathon.doctor.service import QUESTIONS, examine_service

    console = Console(stderr=True, highlight=False, soft_wrap=True)
    what = f"{QUESTIONS} recordings of up to 300 s, noise and one spoken word,"
    lm = ServiceLoader(address, options, what, console)()
    console.print(_cost(lm, QUESTIONS))
    findings = []
    for finding in examine_service(lm):
        findings.append(finding)
        if not as_json:
            style = {"passed": "green", "failed": "red", "unknown": "yellow"}[finding.verdict]
            Console(highlight=False, soft_wrap=True).print(
                Text(finding.verdict, style=style), Text(f" {finding.check}: {finding.detail}"), sep=""
            )
    failed = [finding for finding in findings if finding.verdict == "failed"]
    if as_json:
        report = {
            "facts": asdict(lm.identity),
            "findings": [asdict(finding) for finding in findings],
            "passed": not failed,
        }
        sys.stdout.write(json.dumps(report, ensure_ascii=False, indent=2) + "\n")
    if failed:
        raise CheckError(f"{address.label}: {len(failed)} of {len(findings)} checks failed.")


def _cost(lm: "RemoteModel", questions: int) -> str:
    """What the questions may cost, before they are asked."""
    from amarathon.models.remote.costs import cost_of, most_usage

    usage = most_usage(
        questions * 300.0, lm.address.service.tokens_per_second, questions * 100, questions * 16
    )
    cost = cost_of(usage, lm.price)
    price = f", at most about ${cost.usd:.2f}" if lm.price else ""
    return f"{questions} questions, about {cost.tokens:,} tokens{price}."


def _print(facts: "Facts", findings: Sequence["Finding"]) -> None:
    console = Console()
    console.print(_facts_table(facts))
    console.print(_findings_table(findings))
    console.print(
        "Figures are the largest difference of two logits, in standard deviations of the logits.", style="dim"
    )
    for finding in findings:
        if finding.verdict != "passed":
            console.print(
                Text(f"{finding.configuration}, {finding.check}, {finding.attention}: "),
                Text(finding.verdict, style="red" if finding.verdict == "failed" else "yellow"),
                Text(f"\n  {finding.detail}"),
                sep="",
            )


def _facts_table(facts: "Facts") -> Table:
    table = Table(show_header=False, box=None, pad_edge=False)
    layers = f"{facts.layers}"
    if facts.windowed_layers or facts.lent_layers:
        layers += (
            f", {facts.windowed_layers} look back over a window, {facts.lent_layers} read the keys of others"
        )
    memory = (
        f"{facts.weight_bytes / 1e9:.2f} GB weights, {facts.cache_bytes / 1e9:.2f} GB cache at "
        f"{facts.longest_audio_s:.0f} s in {facts.dtype}; "
        f"{facts.free_bytes / 1e9:.1f} GB free on {facts.device}"
    )
    rows = {
        "model": f"{facts.model}, {facts.revision}",
        "family": f"{facts.family} ({facts.adapter}), {facts.parameters:,} parameters",
        "prompt": facts.prompt_form,
        "layers": layers,
        "audio": (
            f"{facts.tokens_per_second:g} tokens a second, {facts.longest_audio_s:.0f} s at most: "
            f"{facts.longest_audio_tokens} tokens"
        ),
        "memory": memory,
    }
    if facts.notice:
        rows["notice"] = facts.notice
    for name, value in rows.items():
        table.add_row(Text(name, style="bold"), Text(value))
    return table


def _findings_table(findings: Sequence["Finding"]) -> Table:
    table = Table("configuration", "kept", "cache")
    for check, kind in COLUMNS:
        table.add_column(f"{check}\n{kind}", justify="right")
    for row in dict.fromkeys(finding.configuration for finding in findings):
        own = [finding for finding in findings if finding.configuration == row]
        # The prompt's own check is on another recording, and those at ratio 0 remove nothing.
        counted = [
            finding for finding in own if finding.kept_tokens and finding.check not in ("prompt", "ratio 0")
        ]
        kept = f"{counted[0].kept_tokens}/{counted[0].audio_tokens}" if counted else ""
        shares = [finding.cache_share for finding in own if finding.cache_share is not None]
        cells = (
            _cell([finding for finding in own if (finding.check, finding.attention) == column])
            for column in COLUMNS
        )
        table.add_row(row, kept, f"{shares[0]:.0%}" if shares else "", *cells)
    return table


def _cell(findings: Sequence["Finding"]) -> Text:
    if not findings:
        return Text("")
    verdicts = {finding.verdict for finding in findings}
    for verdict, style in (("failed", "bold red"), ("undefined", "yellow")):
        if verdict in verdicts:
            return Text(verdict, style=style)
    worst = max(finding.difference or 0.0 for finding in findings)
    return Text(f"{worst:.0e}" if worst else "0", style="green")
