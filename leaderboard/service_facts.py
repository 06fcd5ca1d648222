"""What a row says of the service that answered it; every figure is read from the run's records."""

from amarathon.runs.records import RunHeader, ServiceHeader
from amarathon.runs.services import what_varies
from amarathon.runs.summary import Summary
from leaderboard.records import RepeatFacts, ServiceFacts
from leaderboard.texts import short, short_texts


def service_facts(header: RunHeader, summary: Summary) -> ServiceFacts | None:
    """Facts of a run's service; None where weights answered it."""
    service = header.service
    if service is None:
        return None
    spent = {name: summary.breakdowns[name].spending for name in header.configurations}
    spreads = [spread for name in header.configurations for spread in summary.breakdowns[name].repeats]
    refusals = [cell for name in header.configurations for cell in summary.breakdowns[name].refusals]
    return ServiceFacts(
        name=short(service.name),
        asked=short(service.asked),
        host=short(service.host) if service.host else None,
        served=short(service.served) if service.served else None,
        sent=short_texts(service.sent),
        price=_price(service),
        per_hundred_usd={name: spending.per_hundred for name, spending in spent.items() if spending},
        refused={cell.task: cell.share for cell in refusals},
        form=short(service.form),
        repeats=service.repeats,
        spread={
            spread.task: RepeatFacts(
                mean=spread.mean,
                interval=(spread.low, spread.high),
                scores=spread.scores,
                varied=spread.varied,
                count=spread.count,
            )
            for spread in spreads
        },
        varies=what_varies(header) if spreads else None,
    )


def _price(service: ServiceHeader) -> str | None:
    price = service.price
    if price is None:
        return None
    return short(
        f"${price.text:g} text, ${price.audio:g} audio, ${price.output:g} replies per million tokens; "
        f"{price.on}, {price.source}"
    )
