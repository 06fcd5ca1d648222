"""Why one request failed, told apart once, where the wire form is known."""

from typing import Literal

LONGEST_MESSAGE = 300


class RequestError(Exception):
    """A request without a reply.

    Parameters
    ----------
    kind : {"wait", "sample", "stop"}
        It may pass; it is this sample's; or nothing more can be asked.
    message : str
    after_s : float, optional
        The pause that the service asks for.
    counted : bool
        It may have been worked on, so what it could have cost counts as spent.
    """

    def __init__(
        self,
        kind: Literal["wait", "sample", "stop"],
        message: str,
        after_s: float | None = None,
        *,
        counted: bool = False,
    ):
        super().__init__(message)
        self.kind, self.after_s, self.counted = kind, after_s, counted


def first_sentence(message: object) -> str:
    """The first line of what a service says, no longer than a record needs."""
    return str(message or "").strip().partition("\n")[0][:LONGEST_MESSAGE]


def as_sentence(message: str) -> str:
    """A message with a full stop at its end."""
    return message if message.endswith((".", "!", "?")) else f"{message}."


def unknown_form(label: str) -> RequestError:
    """The fault of an answer that cannot be read; what it cost counts."""
    return RequestError("sample", f"{label} answers in a form that is not known.", counted=True)


def without_answer(label: str, error: object) -> RequestError:
    """The fault of an answer that is an error, whatever its status says."""
    said = error.get("message") if isinstance(error, dict) else error
    return RequestError("sample", f"{label}: HTTP 200 without an answer. {first_sentence(said)}".rstrip())


def by_status(
    status: int,
    said: str,
    after_s: float | None = None,
    *,
    final: bool = False,
) -> RequestError:
    """What an HTTP status means where the service does not say more.

    Parameters
    ----------
    status : int
    said : str
    after_s : float, optional
    final : bool
        The service says that it will not pass.
    """
    if final or status in (401, 402, 403, 404) or 300 <= status < 400:
        return RequestError("stop", said)
    if status in (408, 409, 425, 429) or status >= 500:
        return RequestError("wait", said, after_s, counted=status in (408, 504))
    return RequestError("sample", said)


def seconds_of(value: object) -> float | None:
    """A pause in seconds, from a header or a duration such as ``"13s"``; None where it is none."""
    try:
        found = float(str(value).strip().removesuffix("s"))
    except ValueError:
        return None  # a date: the pause that grows by itself does
    return found if 0 <= found < float("inf") else None
