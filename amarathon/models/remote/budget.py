"""What a run may cost, held by all of its threads together."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from amarathon.errors import ServiceError


@dataclass
class Cost:
    """Tokens and US dollars, of one request or of many."""

    tokens: int = 0
    usd: float = 0.0


@dataclass
class Budget:
    """Sets what a request may cost aside before it is sent, so that threads cannot pass a bound together.

    Attributes
    ----------
    usd, tokens : float, int or None
        The bounds.
    spent : Cost
    """

    usd: float | None = None
    tokens: int | None = None
    spent: Cost = field(default_factory=Cost)
    _held: Cost = field(default_factory=Cost)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def begin(self, tokens: int, usd: float) -> None:
        """Begin with what was spent before."""
        with self._lock:
            self.spent = Cost(tokens, usd)

    @contextmanager
    def holding(self, most: Cost) -> Iterator[Cost]:
        """Set the most that a request can cost aside; what it did cost is put into what is yielded.

        Raises
        ------
        ServiceError
            If it could pass a bound.
        """
        with self._lock:
            self._refuse(most)
            self._held.tokens += most.tokens
            self._held.usd += most.usd
        cost = Cost()
        try:
            yield cost
        finally:
            with self._lock:
                self._held.tokens -= most.tokens
                self._held.usd -= most.usd
                self.spent.tokens += cost.tokens
                self.spent.usd += cost.usd

    def _refuse(self, most: Cost) -> None:
        spent, held = self.spent, self._held
        if self.usd is not None and spent.usd + held.usd + most.usd > self.usd:
            raise ServiceError(
                f"The budget of ${self.usd:g} is used up: ${spent.usd:.4f} are spent, ${held.usd:.4f} are on "
                f"their way, and the next question may cost ${most.usd:.4f}."
            )
        if self.tokens is not None and spent.tokens + held.tokens + most.tokens > self.tokens:
            raise ServiceError(
                f"The budget of {self.tokens} tokens is used up: {spent.tokens} are spent, {held.tokens} are "
                f"on their way, and the next question may take {most.tokens}."
            )
