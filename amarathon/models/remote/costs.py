"""What a question costs: before it is asked, and after."""

from collections.abc import Sequence
from datetime import date

from amarathon.errors import ModelError
from amarathon.models.remote.address import Address
from amarathon.models.remote.budget import Cost
from amarathon.models.remote.options import ServiceOptions
from amarathon.models.remote.service import Price
from amarathon.models.reply import Usage
from amarathon.tasks import Message

# Letters to a token: fewer than in any text that is asked here, so that the guess is not too small.
LETTERS_PER_TOKEN = 2
# Of the chat's own form.
FORM_TOKENS = 64


def price_of(address: Address, options: ServiceOptions, today: date) -> Price | None:
    """The user's price, else the table's; None where neither is there.

    Raises
    ------
    ModelError
        If there is a budget in dollars and no price.
    """
    if options.price is not None:
        text, audio, output = options.price
        return Price(address.model, text, audio, output, today.isoformat(), "named by the user")
    price = address.service.price_of(address.model, today)
    if price is None and options.budget_usd is not None:
        raise ModelError(
            f"The price of {address.label} is not known, so no budget in dollars can be held; name it as "
            "--price TEXT,AUDIO,OUTPUT in dollars per million tokens, or bound the tokens."
        )
    return price


def text_tokens(messages: Sequence[Message]) -> int:
    """A guess of a prompt's tokens without its audio, too large rather than too small."""
    letters = sum(len(part.get("text", "")) for message in messages for part in message["content"])
    return letters // LETTERS_PER_TOKEN + FORM_TOKENS


def most_usage(seconds: float, tokens_per_second: float, text: int, output: int) -> Usage:
    """What a question may take."""
    audio = int(seconds * tokens_per_second) + 1
    return Usage(audio + text, audio, output)


def cost_of(usage: Usage, price: Price | None) -> Cost:
    """Tokens and dollars of a usage; nothing where the service tells none."""
    return Cost(usage.total or 0, (price.usd(usage) if price else None) or 0.0)
