import pytest

from amarathon.models.remote.services import SERVICES
from tests.models.remote.asking import KEY
from tests.models.remote.standin import stand_in


@pytest.fixture
def it():
    with stand_in() as made:
        yield made


@pytest.fixture(autouse=True)
def keys(monkeypatch):
    """The one key that every service knows."""
    for service in SERVICES.values():
        monkeypatch.setenv(service.key_variable, KEY)


@pytest.fixture
def slept(monkeypatch):
    """Pauses are noted instead of made."""
    pauses = []
    monkeypatch.setattr(
        "amarathon.models.remote.pace.Pace.sleep", lambda _self, seconds: pauses.append(round(seconds, 1))
    )
    return pauses
