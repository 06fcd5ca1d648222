"""Models behind services, as commands name and ask them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console

from amarathon.cli.obeying import kind_of, refuse_not_obeyed
from amarathon.errors import ModelError
from amarathon.models.remote import Address, ServiceOptions, find_remote
from amarathon.tasks import EVERY_TASK
from amarathon.tasks.sample import SampleSet

if TYPE_CHECKING:
    from amarathon.models.remote.estimating import Estimate
    from amarathon.models.remote.model import RemoteModel

HostOption = Annotated[
    str | None,
    typer.Option("--send-recordings-to", help="The host of a service that recordings may be sent to."),
]
DollarsOption = Annotated[
    float | None, typer.Option("--budget-usd", min=0.0, help="Most dollars that the run may cost in all.")
]
TokensOption = Annotated[
    int | None, typer.Option("--budget-tokens", min=1, help="Most tokens that the run may take in all.")
]
PriceOption = Annotated[
    str | None,
    typer.Option(help="Dollars per million tokens of text, audio and replies, e.g. 2.5,32,10."),
]
RateOption = Annotated[
    float | None, typer.Option("--requests-per-minute", min=0.01, help="Most requests to a service a minute.")
]
TimeoutOption = Annotated[
    float, typer.Option("--timeout", min=1.0, help="Seconds that a service may be silent.")
]
LengthOption = Annotated[
    float | None,
    typer.Option("--max-audio-s", min=1.0, help="Longest recording that a server takes, in seconds."),
]
FormOption = Annotated[
    Literal["wav", "flac", "mp3"] | None,
    typer.Option("--audio-form", help="How recordings are sent; mp3 loses some of the sound."),
]
ThinkingOption = Annotated[
    int | None, typer.Option("--thinking-tokens", min=0, help="Room for thoughts beside a reply's own bound.")
]
RecordOption = Annotated[
    Path | None, typer.Option("--record", help="Keep a service's replies in this folder, without keys.")
]
ReplayOption = Annotated[
    Path | None, typer.Option("--replay", help="Take replies from this folder and ask nobody.")
]
RepeatsOption = Annotated[
    int, typer.Option("--repeats", min=1, help="How often a service is asked each question.")
]
PythonOption = Annotated[
    Path | None, typer.Option("--worker-python", help="The interpreter that runs a worker's code.")
]


def parse_price(text: str | None) -> tuple[float, float, float] | None:
    """Three figures with commas between them.

    Raises
    ------
    ModelError
        If it is anything else.
    """
    if text is None:
        return None
    try:
        prompt, audio, output = (float(part) for part in text.split(","))
    except ValueError:
        raise ModelError(f"--price {text} is not TEXT,AUDIO,OUTPUT in dollars, e.g. 2.5,32,10.") from None
    if not 0 <= min(prompt, audio, output) <= max(prompt, audio, output) < 1e6:
        raise ModelError(f"--price {text} is no price.")
    return prompt, audio, output


def named_service(context: typer.Context, model: str, replay: Path | None = None) -> Address | None:
    """The service that a model's name means, or none.

    Parameters
    ----------
    context : typer.Context
        Of the command, whose options are compared with what the model can obey.
    model : str
    replay : Path or None
        Where recorded replies are taken from.

    Raises
    ------
    ModelError
        If an option is given that this model cannot obey.
    """
    address = find_remote(model)
    kind = kind_of(address, replayed=replay is not None)
    refuse_not_obeyed(context, model, kind)
    return address


@dataclass(frozen=True)
class ServiceLoader:
    """Asks a service about a model, and prints what a user should know of it.

    Attributes
    ----------
    address : Address
    options : ServiceOptions
    what : str
        What is going to be sent, as the beginning of a sentence.
    console : Console
    """

    address: Address
    options: ServiceOptions
    what: str
    console: Console

    def __call__(self) -> "RemoteModel":
        """Make the model ready to be asked."""
        from amarathon.models.remote.connecting import check_consent, connect

        check_consent(self.address, self.options, self.what)
        if self.options.replay is None and self.address.program is not None:
            self.console.print(f"Starting {self.address.program.file.name}.")
        else:
            place = self.options.replay or self.address.host
            self.console.print(f"Asking {place} about {self.address.label}.")
        model = connect(self.address, self.options)
        if model.identity.notice:
            self.console.print(f"{model.identity.name}: {model.identity.notice}", style="yellow")
        return model


def _longest_words(address: Address) -> str:
    """How long a recording may be in each form that a service takes."""
    from amarathon.models.remote.forms import FORMS

    lengths = [f"{address.service.longest_s(FORMS[name]):g} s as {name}" for name in address.service.forms]
    return f"it takes {', '.join(lengths)} (--audio-form)."


def what_is_sent(samples: SampleSet) -> str:
    """Which recordings an evaluation sends, as the beginning of a sentence."""
    sources = ", ".join(dict.fromkeys(EVERY_TASK[sample.task].source for sample in samples.samples))
    return f"{len(samples.samples)} recordings of {samples.name} (in the manner of {sources})"


def estimate_lines(address: Address, dataset: str, found: "Estimate") -> Sequence[str]:
    """An estimate in words."""
    first = (
        f"{address.label} on {dataset}: {found.requests:,} requests with {found.seconds / 60:,.1f} minutes "
        "of recordings."
    )
    if found.too_long:
        first += f" {found.too_long:,} of them are longer than it takes; {_longest_words(address)}"
    rate = address.service.tokens_per_second
    tokens = (
        f"About {found.audio_tokens:,} tokens of audio ({rate:g} a second), {found.text_tokens:,} of text; "
        f"replies of at most {found.output_tokens:,} tokens, and what is thought beside them."
    )
    price = found.price
    if price is None or found.usd is None:
        return first, tokens, "Its price is not in the table; name it with --price TEXT,AUDIO,OUTPUT."
    note = f"; {price.note}" if price.note else ""
    cost = (
        f"About ${found.usd:,.2f}, at ${price.text:g} for text, ${price.audio:g} for audio and "
        f"${price.output:g} for replies per million tokens ({price.on}, {price.source}{note})."
    )
    return first, tokens, cost
