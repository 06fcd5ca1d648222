"""Every way in which a request fails, and what follows from it."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytest.importorskip("openai")
pytest.importorskip("google.genai")

from amarathon.errors import ModelError, ServiceError
from amarathon.models.reply import Reply
from tests.models.remote.asking import ask, model_at
from tests.models.remote.replies import failure
from tests.models.remote.standin import stand_in

both = pytest.mark.parametrize("kind", ["openai", "gemini"])


def quota(**detail):
    error = {"code": 429, "message": "slow", "status": "RESOURCE_EXHAUSTED", "details": [detail]}
    return 429, (), {"error": error}


RETRY_INFO = {"@type": "type.googleapis.com/google.rpc.RetryInfo"}
PER_DAY = quota(violations=[{"quotaId": "GenerateRequestsPerDayPerProjectPerModel-FreeTier"}])
PASSING = [
    *(failure(status) for status in (408, 409, 425, 429, 500, 502, 503, 504, 529)),
    ("drop", (), {}),
    (200, (), b"<html>busy</html>"),
]
FINAL = [
    *(failure(status) for status in (301, 302, 307, 401, 402, 403, 404)),
    failure(429, headers=[("Retry-After", "3600")]),
]


@both
@pytest.mark.parametrize("fault", PASSING, ids=str)
def test_what_passes_is_asked_again(kind, fault, it, slept):
    it.faults = [fault, fault]
    found = ask(model_at(kind, it))
    assert (found.text, found.attempts, len(it.seen)) == ("A", 3, 3)
    assert len([pause for pause in slept if pause]) <= 2


@both
@pytest.mark.parametrize("fault", FINAL, ids=str)
def test_what_does_not_pass_ends_the_run(kind, fault, it, slept):
    if fault[1] and kind == "gemini":
        fault = PER_DAY
    model = model_at(kind, it)
    it.faults = [fault]
    with pytest.raises(ServiceError):
        ask(model)
    assert len(it.seen) == 1


@pytest.mark.parametrize("code", ["insufficient_quota", "billing_hard_limit_reached"])
def test_no_credit_ends_the_run(code, it, slept):
    model = model_at("openai", it)
    it.faults = [failure(429, code)]
    with pytest.raises(ServiceError, match=code):
        ask(model)


def test_a_wrong_key_of_gemini_is_status_400_and_ends_the_run(it):
    model = model_at("gemini", it)
    it.faults = [failure(400, message="API key not valid. Please pass a valid API key.")]
    with pytest.raises(ServiceError, match="not valid"):
        ask(model)


@both
@pytest.mark.parametrize("status", [400, 413, 415, 422])
def test_a_request_that_is_turned_down_is_the_samples_fault(kind, status, it):
    it.faults = [failure(status, message="audio too long\nand more")]
    with pytest.raises(ModelError, match=r"audio too long$"):
        ask(model_at(kind, it))
    assert len(it.seen) == 1


@both
def test_giving_up_is_the_samples_fault(kind, it, slept):
    it.faults = [failure(500)] * 9
    with pytest.raises(ModelError, match="asked 6 times"):
        ask(model_at(kind, it))
    assert len(it.seen) == 6


@both
def test_a_silent_service_is_asked_again(kind, it, slept):
    it.faults = [("hang", (), 3)]
    assert ask(model_at(kind, it, timeout_s=1)).attempts == 2


def test_a_pause_that_is_asked_for_is_kept_by_all(it, slept):
    it.faults = [failure(429, headers=[("Retry-After", "7")])]
    model = model_at("openai", it)
    ask(model)
    assert max(slept) == pytest.approx(7, abs=0.3)
    ask(model)  # another thread's turn is behind it, too
    assert slept[-1] == pytest.approx(7, abs=0.5)


def test_geminis_pause_is_kept(it, slept):
    it.faults = [quota(**RETRY_INFO, retryDelay="13s")]
    ask(model_at("gemini", it))
    assert max(slept) == pytest.approx(13, abs=0.3)


@pytest.mark.parametrize("value", ["soon", "-5", "nan", "inf", "Wed, 21 Oct 2026 07:28:00 GMT"])
def test_a_pause_that_is_no_number_is_ours(value, it, slept):
    it.faults = [failure(429, headers=[("Retry-After", value)])]
    assert ask(model_at("openai", it)).attempts == 2
    assert max(slept) <= 2


@both
def test_a_status_of_200_with_an_error_is_a_failure(kind, it):
    it.faults = [(200, (), {"error": {"message": "Invalid or unsupported audio file."}})]
    with pytest.raises(ModelError, match="unsupported audio"):
        ask(model_at(kind, it))


@pytest.mark.parametrize("status", [401, 404, 500])
@both
def test_a_service_that_does_not_know_the_model_is_not_asked(kind, status, it, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _s: None)
    it.look_up_faults = [failure(status)] * 3
    with pytest.raises(ServiceError, match=f"HTTP {status}"):
        model_at(kind, it)
    assert it.seen == []


def test_a_server_without_the_model_names_those_it_has(it):
    with pytest.raises(ServiceError, match=r"offers Qwen2.5-Omni-7B, not other"):
        model_at("served", it, "other")


def test_a_model_that_ends_soon_says_so(it):
    it.shutdown = "2020-01-20"
    assert "ends on 2020-01-20" in model_at("openai", it).identity.notice


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
FIELDS = ("choices", "message", "content", "finish_reason", "usage", "model", "error", "candidates", "parts")
NESTED = st.recursive(
    ANYTHING,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=4),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def one():
    with stand_in() as made:
        yield made


@both
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=NESTED)
def test_whatever_comes_back_is_a_reply_or_a_sentence(kind, one, slept, body):
    model = model_at(kind, one, attempts=1)
    one.faults = [(200, (), json.dumps(body).encode())]
    try:
        found = ask(model)
    except (ModelError, ServiceError) as error:
        found = error
    assert isinstance(found, Reply) or "\n" not in str(found)
