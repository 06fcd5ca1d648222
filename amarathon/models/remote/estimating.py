"""What an evaluation would take of a service, before anybody is asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from amarathon.audio import measure_audio
from amarathon.models.remote.address import Address
from amarathon.models.remote.costs import most_usage, price_of, text_tokens
from amarathon.models.remote.model import form_of
from amarathon.models.remote.options import ServiceOptions
from amarathon.models.remote.service import Price
from amarathon.tasks import EVERY_TASK
from amarathon.tasks.sample import Sample


@dataclass(frozen=True)
class Estimate:
    """Requests and tokens; replies as long as they may become.

    Attributes
    ----------
    requests : int
    seconds : float
        Of recordings.
    too_long : int
        Recordings that are longer than the service takes in the form that they are sent in.
    audio_tokens, text_tokens, output_tokens : int
    price : Price or None
    usd : float or None
        None where the price is not known.
    """

    requests: int
    seconds: float
    too_long: int
    audio_tokens: int
    text_tokens: int
    output_tokens: int
    price: Price | None
    usd: float | None


def estimate(address: Address, options: ServiceOptions, samples: Sequence[Sample]) -> Estimate:
    """Add up what questions take, by the rate at which the service is known to count.

    Raises
    ------
    AudioError
        If a recording, whose length the dataset does not state, cannot be read.
    """
    price = price_of(address, options, date.today())
    most_s = options.max_audio_s or address.service.longest_s(form_of(address, options))
    length, too_long, audio, text, output = 0.0, 0, 0, 0, 0
    for sample in samples:
        stated = sample.audio.duration_s
        seconds = measure_audio(sample.audio.path) if stated is None else stated
        task = EVERY_TASK[sample.task]
        bound = task.reply_budget(seconds) + (options.thinking_tokens or 0)
        rate = address.service.tokens_per_second
        usage = most_usage(seconds, rate, text_tokens(task.messages(sample)), bound)
        length += seconds
        too_long += seconds > most_s
        audio += usage.audio_tokens or 0
        text += (usage.input_tokens or 0) - (usage.audio_tokens or 0)
        output += bound
    usd = (text * price.text + audio * price.audio + output * price.output) / 1e6 if price else None
    return Estimate(len(samples), length, too_long, audio, text, output, price, usd)
