"""From an address to a model that answers, once its user agreed that recordings leave this machine."""

from datetime import date

from amarathon.errors import ModelError, ServiceError
from amarathon.models.remote.address import Address
from amarathon.models.remote.costs import price_of
from amarathon.models.remote.faults import RequestError, as_sentence
from amarathon.models.remote.model import RemoteModel, form_of
from amarathon.models.remote.options import ServiceOptions
from amarathon.models.remote.pace import pause_after
from amarathon.models.remote.tape import Tape
from amarathon.models.remote.wires.base import LookUp, Wire

LOOK_UPS = 3


def connect(address: Address, options: ServiceOptions) -> RemoteModel:
    """Ask a service about a model, and make it ready to be asked.

    Parameters
    ----------
    address : Address
        From `amarathon.models.remote.find_remote`.
    options : ServiceOptions

    Raises
    ------
    ModelError
        If recordings may not be sent there, its client is not installed, its key is missing, a budget in
        dollars cannot be held, or an option is not for it.
    ServiceError
        If it does not know the key or the model, or does not answer.
    """
    _refuse_not_obeyed(address, options)
    form_of(address, options)
    price = price_of(address, options, date.today())
    if options.replay is not None:
        tape = Tape(options.replay, address.label)
        return RemoteModel(address, options, None, tape.look_up(), price, tape)
    check_consent(address, options)
    wire = _wire(address, options)
    found = _look_up(wire, options)
    recorded = Tape(options.record, address.label) if options.record is not None else None
    if recorded is not None:
        recorded.keep_look_up(found)
    return RemoteModel(address, options, wire, found, price, recorded)


def check_consent(address: Address, options: ServiceOptions, what: str = "Recordings") -> None:
    """Refuse to send anything to a host that the user did not name.

    Parameters
    ----------
    address : Address
    options : ServiceOptions
    what : str
        What would be sent, as the beginning of a sentence.

    Raises
    ------
    ModelError
        Unless the service is on this machine, nothing is sent, or its host is named; and if another one is.
    """
    host, named = address.host, options.send_recordings_to
    if options.replay is not None or named == host or (address.is_loopback and named is None):
        return
    if address.is_loopback:
        raise ModelError(f"{what} would stay on this machine, not be sent to {named}.")
    other = f", not {named}" if named else ""
    raise ModelError(
        f"{what} would be sent to {host}{other}. {address.service.keeps} If they may be, name the host: "
        f"--send-recordings-to {host}"
    )


def _refuse_not_obeyed(address: Address, options: ServiceOptions) -> None:
    """Refuse what would be passed over."""
    if options.worker_python is not None and (address.program is None or options.replay is not None):
        raise ModelError(f"{address.label} starts no worker that {options.worker_python} could run.")
    if options.record is not None and options.replay is not None:
        raise ModelError("Replies are recorded or replayed, not both.")


def _wire(address: Address, options: ServiceOptions) -> Wire:
    if address.service.wire == "gemini":
        from amarathon.models.remote.wires.gemini import GeminiWire

        return GeminiWire(address, options)
    if address.program is not None:
        from amarathon.models.remote.wires.worker import WorkerWire

        return WorkerWire(address, address.program, options)
    from amarathon.models.remote.wires.chat import ChatWire

    return ChatWire(address, options)


def _look_up(wire: Wire, options: ServiceOptions) -> LookUp:
    for attempt in range(1, LOOK_UPS + 1):
        try:
            return wire.look_up()
        except RequestError as fault:
            if fault.kind != "wait" or attempt == LOOK_UPS:
                raise ServiceError(as_sentence(str(fault))) from None
            from time import sleep

            sleep(min(fault.after_s or pause_after(attempt), options.longest_wait_s))
    raise AssertionError("the last attempt returns or raises")
