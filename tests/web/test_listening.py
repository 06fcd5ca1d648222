"""Where the app listens: what cannot be had is one sentence that names the setting."""

import socket

import pytest

from amarathon.errors import SettingsError
from amarathon.settings import Settings
from web.listening import bind


@pytest.mark.parametrize(
    ("host", "sentence"),
    [
        ("nowhere.invalid", r"^AMARATHON_HOST is 'nowhere.invalid': no address goes by that name\.$"),
        ("x" * 250, r"^AMARATHON_HOST is '.*': no address goes by that name\.$"),
        ("192.0.2.1", r"^AMARATHON_HOST is '192.0.2.1', AMARATHON_PORT is \d+: the app cannot listen there"),
    ],
)
def test_an_address_that_is_not_ours(host: str, sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence):
        bind(Settings(host=host, port=_free()))


def test_a_port_that_is_taken() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=rf"^AMARATHON_PORT is {port}: the port cannot be used"):
            bind(Settings(port=port))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0"])
def test_an_address_that_can_be_had(host: str) -> None:
    port = _free()
    with bind(Settings(host=host, port=port)) as listening:
        assert listening.getsockname()[1] == port


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
