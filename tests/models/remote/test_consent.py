"""Recordings leave this machine where their user said so, and nothing does before."""

from dataclasses import replace

import pytest

from amarathon.errors import ModelError, SettingsError
from amarathon.models.remote import ServiceOptions, find_remote
from amarathon.models.remote.connecting import check_consent, connect
from live_demo.models import offers
from live_demo.shared_model import SharedModel
from tests.models.remote.asking import address


@pytest.mark.parametrize("named", [None, "", "openai.com", "api.openai.com.evil.org"])
def test_a_host_that_is_not_named_gets_nothing(named):
    options = ServiceOptions(send_recordings_to=named)
    with pytest.raises(ModelError, match=r"--send-recordings-to api\.openai\.com") as found:
        check_consent(find_remote("openai:gpt-audio-1.5"), options, "3 recordings of mini")
    assert str(found.value).startswith("3 recordings of mini would be sent to api.openai.com")
    assert "30 days" in str(found.value)


def test_a_host_that_is_named_gets_them():
    options = ServiceOptions(send_recordings_to="api.openai.com")
    check_consent(find_remote("openai:gpt-audio-1.5"), options)


def test_this_machine_needs_no_consent_and_ones_own_network_does():
    check_consent(find_remote("http://127.0.0.1:8000/v1#m"), ServiceOptions())
    with pytest.raises(ModelError, match=r"--send-recordings-to 10\.0\.0\.7"):
        check_consent(find_remote("http://10.0.0.7:8000/v1#m"), ServiceOptions())


def test_without_consent_the_service_is_not_even_asked_about_the_model(it):
    here = address("openai", it)
    there = replace(here.service, base_url=here.base_url.replace("127.0.0.1", "10.255.255.1"))
    with pytest.raises(ModelError, match="would be sent"):
        connect(replace(here, service=there), ServiceOptions())
    assert it.looked_up == []


@pytest.mark.parametrize("name", ["openai:gpt-audio-1.5", "http://127.0.0.1:8000/v1#m"])
def test_visitors_recordings_never_go_to_a_service(name):
    with pytest.raises(SettingsError, match="AMARATHON_MODEL is"):
        offers(name)
    with pytest.raises(ModelError, match="only weights are loaded"):
        SharedModel(name).get()
