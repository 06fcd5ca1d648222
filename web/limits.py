"""What one visitor, and all of them together, may hold of the server's connections and time."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Limits on connections and requests.

    Attributes
    ----------
    body_bytes : int
        Largest body of a request. A long transcript is a tenth of the default; a study that names
        thousands of samples is the largest honest one. Recordings have a limit of their own.
    head_s : float
        A connection brings a whole request head within this many seconds, or is closed.
    body_s : float
        Seconds that a body may be waited for beyond what `body_rate` allows.
    body_rate : float
        Bytes a second that a body has to bring on average: slower than any phone, so that a
        recording may take as long as it is large.
    connections : int
        Open at once. A process may have 1024 files open by default, and needs some for itself.
    connections_each : int
        Of them, from one address: a class behind one router, each with a few pages.
    """

    body_bytes: int = 1 << 20
    head_s: float = 20.0
    body_s: float = 30.0
    body_rate: float = 1000.0
    connections: int = 800
    connections_each: int = 200
