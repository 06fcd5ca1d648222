"""A model behind a service: asked again where it fails in passing, within budget, and always the same one."""

import threading
import time
from collections.abc import Sequence
from dataclasses import replace

from amarathon.audio import Audio
from amarathon.errors import ModelError, ServiceError
from amarathon.models.model_api import ModelIdentity
from amarathon.models.remote.address import Address
from amarathon.models.remote.budget import Budget, Cost
from amarathon.models.remote.costs import cost_of, most_usage, text_tokens
from amarathon.models.remote.encoding import encode
from amarathon.models.remote.faults import RequestError, as_sentence
from amarathon.models.remote.forms import FORMS, SoundForm
from amarathon.models.remote.options import ServiceOptions
from amarathon.models.remote.pace import Pace, pause_after
from amarathon.models.remote.service import Price
from amarathon.models.remote.tape import Tape
from amarathon.models.remote.wires.base import LookUp, Request, Wire
from amarathon.models.reply import Reply, Usage
from amarathon.tasks import Message


class RemoteModel:
    """A `ModelAPI` whose weights are elsewhere; several threads may ask it at once.

    Parameters
    ----------
    address : Address
    options : ServiceOptions
    wire : Wire or None
        None where replies come from a tape alone.
    found : LookUp
        What the service said about the model.
    price : Price or None
    tape : Tape, optional
        Where replies are kept, or come from.

    Attributes
    ----------
    address : Address
    found : LookUp
    price : Price or None
    identity : ModelIdentity
    form : SoundForm
        How recordings are sent.
    max_audio_s : float
    budget : Budget
    served : str or None
        Which model has to answer, once one did.
    """

    compresses = False

    def __init__(
        self,
        address: Address,
        options: ServiceOptions,
        wire: Wire | None,
        found: LookUp,
        price: Price | None,
        tape: Tape | None = None,
    ):
        self.address, self.found, self.price = address, found, price
        form = form_of(address, options)
        self.identity = ModelIdentity(
            name=address.label,
            revision=found.revision,
            adapter=address.service.name,
            dtype="unknown",
            device="remote",
            parameters=0,
            notice=_notice(found, form),
        )
        self.form, self.max_audio_s = form, options.max_audio_s or address.service.longest_s(form)
        self.budget = Budget(options.budget_usd, options.budget_tokens)
        self.served: str | None = None
        self._options, self._wire, self._tape = options, wire, tape
        self._pace = Pace(options.requests_per_minute)
        self._rate = address.service.tokens_per_second
        self._lock = threading.Lock()

    def begin(self, served: str | None = None, tokens: int = 0, usd: float = 0.0) -> None:
        """Begin a run, or go on with one: the same model has to answer, and what was spent on it counts."""
        self.served = served
        self.budget.begin(tokens, usd)
        self._pace.begin()

    def halt(self) -> None:
        """Send no further request; those that are on their way come back."""
        self._pace.halt()

    def respond(
        self, audio: Audio, messages: Sequence[Message], *, max_new_tokens: int, asked_before: int = 0
    ) -> Reply:
        """Answer in text; see `ModelAPI.respond`.

        Parameters
        ----------
        audio : Audio
        messages : sequence of Message
        max_new_tokens : int
        asked_before : int
            How often it was asked the same, which may be answered differently each time.

        Raises
        ------
        ModelError
            If this recording cannot be answered.
        ServiceError
            If none can be: the key is wrong, the budget is used up, or another model answers.
        """
        question = None
        if self._tape is not None:
            sent = self.found.sent
            if self.form.name != self.address.service.form:
                sent = {**sent, "form": self.form.recorded}
            question = self._tape.question(messages, audio.pcm_sha256, max_new_tokens, sent, asked_before)
            if self._wire is None:
                return self._checked(self._tape.reply(question))
        request = Request(encode(audio, self.form), self.form, messages, max_new_tokens)
        reply = self._asked(request, audio.duration_s)
        if self._tape is not None and question is not None:
            self._tape.keep(question, reply)
        return reply

    def _asked(self, request: Request, seconds: float) -> Reply:
        output = request.max_new_tokens + self.found.room
        most = most_usage(seconds, self._rate, text_tokens(request.messages), output)
        for attempt in range(1, self._options.attempts + 1):
            self._pace.wait_for_turn()
            try:
                return replace(self._once(request, most, seconds), attempts=attempt)
            except RequestError as fault:
                self._give_up(fault, attempt)
                if fault.after_s is not None:
                    self._pace.hold_off(fault.after_s)
                else:
                    self._pace.sleep(pause_after(attempt))
        raise AssertionError("the last attempt returns or raises")

    def _once(self, request: Request, most: Usage, seconds: float) -> Reply:
        assert self._wire is not None
        whole = cost_of(most, self.price)
        with self.budget.holding(whole) as cost:
            began = time.monotonic()
            try:
                reply = self._wire.ask(request)
            except RequestError as fault:
                if fault.counted:
                    cost.tokens, cost.usd = whole.tokens, whole.usd
                raise
            took = time.monotonic() - began
            # What it does not tell counts as much as it may have been.
            spent: Cost = cost_of(reply.usage, self.price) if reply.usage.total is not None else whole
            cost.tokens, cost.usd = spent.tokens, spent.usd
        self._learn(reply.usage, seconds)
        usd = self.price.usd(reply.usage) if self.price else None
        return replace(self._checked(reply), seconds=took, usd=usd)

    def _learn(self, usage: Usage, seconds: float) -> None:
        """A service that counts more tokens a second than was thought is budgeted so from then on."""
        if usage.audio_tokens and seconds:
            with self._lock:
                self._rate = max(self._rate, usage.audio_tokens / seconds)

    def _give_up(self, fault: RequestError, attempt: int) -> None:
        if fault.kind == "stop":
            raise ServiceError(as_sentence(str(fault))) from None
        if fault.after_s is not None and fault.after_s > self._options.longest_wait_s:
            raise ServiceError(
                f"{as_sentence(str(fault))} It asks for a pause of {fault.after_s:.0f} s; go on later."
            ) from None
        if fault.kind == "sample" or attempt >= self._options.attempts:
            raise ModelError(f"{fault} (asked {attempt} times)" if attempt > 1 else str(fault)) from None

    def _checked(self, reply: Reply) -> Reply:
        """The reply, if it is of the model that answered before."""
        if reply.served is None:
            return reply
        with self._lock:
            self.served = self.served or reply.served
            if reply.served != self.served:
                raise ServiceError(
                    f"{self.identity.name} was answered by {self.served} and is now answered by "
                    f"{reply.served}: another model needs another run."
                )
        return reply


def form_of(address: Address, options: ServiceOptions) -> SoundForm:
    """How recordings are sent.

    Raises
    ------
    ModelError
        If the service does not take the form that was chosen.
    """
    service, chosen = address.service, options.audio_form or address.service.form
    if chosen not in (service.form, *service.forms):
        raise ModelError(
            f"{address.label} takes recordings as {' or '.join(service.forms)}, not as {chosen}."
        )
    return FORMS[chosen]


def _notice(found: LookUp, form: SoundForm) -> str | None:
    """What a user, and a reader of the record, should know."""
    lossy = None if form.exact else f"Recordings are sent as {form.recorded}, which loses some of the sound."
    return " ".join(filter(None, (found.notice, lossy))) or None
