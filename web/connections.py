"""Connections: how many there may be, and how long one may take to say what it wants.

uvicorn limits all connections together and those that are idle between two requests. It has no
limit on a head that comes slowly, nor on the connections of one address.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from web.hosts import IsProxy, network_of, plain_address
from web.limits import Limits

TOO_MANY = (
    b"HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\nretry-after: 60\r\n"
    b"content-type: application/json\r\ncontent-length: 53\r\n\r\n"
    b'{"error": "Too many connections from your address."}\n'
)


def limited_protocol(limits: Limits, is_proxy: IsProxy) -> type[HttpToolsProtocol]:
    """The class of uvicorn's connections, with `limits`.

    Parameters
    ----------
    limits : Limits
    is_proxy : callable
        Whether an address is a proxy's: its connections are those of many visitors.
    """

    class LimitedProtocol(HttpToolsProtocol):
        """A connection that is closed where it keeps the server waiting for a head."""

        _patience: asyncio.TimerHandle | None = None

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            address = plain_address(self.client[0]) if self.client else None
            network = address and network_of(address)
            same = sum(
                each.client is not None and network_of(each.client[0]) == network for each in self._others()
            )
            if same > limits.connections_each and not is_proxy(address):
                self.transport.write(TOO_MANY)
                self.transport.close()
                return
            self._wait_for_head()

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            self._wait_for_head()

        def connection_lost(self, exc: Exception | None) -> None:
            self._stop_waiting()
            super().connection_lost(exc)

        def _others(self) -> "list[LimitedProtocol]":
            return [each for each in self.connections if isinstance(each, LimitedProtocol)]

        def _wait_for_head(self) -> None:
            """Bound the time until a head is whole; from its first byte, however slowly the others come."""
            if self.cycle is not None and not self.cycle.response_complete:
                self._stop_waiting()
            elif self._patience is None:
                self._patience = self.loop.call_later(limits.head_s, self._give_up)

        def _give_up(self) -> None:
            self._patience = None
            if (self.cycle is None or self.cycle.response_complete) and not self.transport.is_closing():
                self.transport.close()

        def _stop_waiting(self) -> None:
            if self._patience is not None:
                self._patience.cancel()
                self._patience = None

    return LimitedProtocol
