"""What a run's records say about the service that answers it."""

from typing import TYPE_CHECKING

from amarathon.runs.records import Prediction, PriceRecord, RunHeader, ServiceHeader

if TYPE_CHECKING:
    from amarathon.models.remote.model import RemoteModel
    from amarathon.runs.folder import RunFolder
    from amarathon.runs.reading import Run


def header_of(model: "RemoteModel", repeats: int = 1) -> ServiceHeader:
    """How a service is asked, and how often, for the header of a new run."""
    address, price = model.address, model.price
    return ServiceHeader(
        name=address.service.name,
        # Where a server of one's own is, and what a company's resource is called, is nobody else's affair.
        host=address.host if address.service.base_url else None,
        asked=address.model,
        form=model.form.recorded,
        sent=dict(model.found.sent),
        repeats=repeats,
        price=PriceRecord(
            text=price.text, audio=price.audio, output=price.output, on=price.on, source=price.source
        )
        if price
        else None,
    )


def what_varies(header: RunHeader) -> str:
    """In a sentence or two, what differs between a service's answers to one question asked several times."""
    if header.service is None:
        return ""
    sent = header.service.sent
    drawn = (
        "its replies are drawn, by the service's own settings"
        if sent.get("sampling") == "service default"
        else "it is asked to reply greedily, as far as it does so"
        if "temperature" in sent or sent.get("sampling") == "greedy"
        else "how it draws its replies is its own affair"
    )
    return (
        f"Each question was asked {header.repeats} times with the same recording and words; {drawn}. The "
        "interval is that of the mean over repeats: it says nothing of other recordings."
    )


def take_up(model: "RemoteModel", run: "Run") -> None:
    """Begin a run, or go on with it: the same model has to answer, and what was spent counts."""
    tokens, usd = 0, 0.0
    for prediction in run.predictions():
        told = prediction.service
        if told is not None:
            counted = (told.input_tokens, told.output_tokens, told.thinking_tokens)
            tokens += sum(count or 0 for count in counted)
            usd += told.usd or 0.0
    model.begin(run.header.service.served if run.header.service else None, tokens, usd)


def pin_served(folder: "RunFolder", prediction: Prediction) -> None:
    """Note in the header which model answers, before the first of its answers is written."""
    header, told = folder.header, prediction.service
    if header is None or header.service is None or header.service.served or not (told and told.served):
        return
    pinned = header.service.model_copy(update={"served": told.served})
    folder.write_header(header.model_copy(update={"service": pinned}))
