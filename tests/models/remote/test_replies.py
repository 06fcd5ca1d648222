"""What a reply says of itself: refusals, filters, bounds, tokens, price."""

import pytest

pytest.importorskip("openai")
pytest.importorskip("google.genai")

from amarathon.models.remote.wires.chat_reply import ChatReply
from amarathon.models.remote.wires.gemini_reply import GeminiReply
from amarathon.models.reply import Usage
from tests.models.remote.asking import ask, model_at
from tests.models.remote.replies import chat, failure, gemini, gemini_blocked


@pytest.mark.parametrize(
    ("body", "stop", "reason", "text", "said"),
    [
        (chat("A"), "stop", None, "A", None),
        (chat(None, refusal="I can't tell an age."), "refused", None, "", "I can't tell an age."),
        (chat("", finish="content_filter"), "blocked", "content_filter", "", None),
        (chat("B, I th", finish="content_filter"), "blocked", "content_filter", "", "B, I th"),
        (chat("the ans", finish="length"), "length", None, "the ans", None),
        (chat(None), "empty", "stop", "", None),
        (chat(" \n"), "empty", "stop", "", None),
    ],
)
def test_what_a_chat_completion_says(body, stop, reason, text, said):
    found = ChatReply.model_validate(body).reply("x")
    assert (found.stop, found.reason, found.text, found.said) == (stop, reason, text, said)


@pytest.mark.parametrize(
    ("body", "stop", "reason", "text"),
    [
        (gemini("A"), "stop", None, "A"),
        (gemini_blocked("PROHIBITED_CONTENT"), "blocked", "PROHIBITED_CONTENT", ""),
        *(
            (gemini(None, finish=why), "blocked", why, "")
            for why in ("RECITATION", "LANGUAGE", "SPII", "OTHER")
        ),
        (gemini("B", finish="SAFETY"), "blocked", "SAFETY", ""),
        (gemini(None, finish="MAX_TOKENS", thoughts=16), "length", None, ""),
        (gemini(None), "empty", None, ""),
    ],
)
def test_what_gemini_says(body, stop, reason, text):
    found = GeminiReply.model_validate(body).reply("x")
    assert (found.stop, found.reason, found.text) == (stop, reason, text)


def test_thoughts_are_no_answer():
    body = gemini("B")
    body["candidates"][0]["content"]["parts"].insert(0, {"text": "It may be A.", "thought": True})
    assert GeminiReply.model_validate(body).reply("x").text == "B"


@pytest.mark.parametrize("code", ["content_filter", "content_policy_violation"])
def test_a_filter_before_the_model_is_a_reply_that_is_blocked(code, it):
    it.faults = [failure(400, code)]
    found = ask(model_at("azure", it))
    assert (found.stop, found.reason, found.text, found.served) == ("blocked", code, "", None)


@pytest.mark.parametrize(("kind", "audio"), [("openai", 40), ("gemini", 128)])
def test_tokens_and_price_are_those_of_the_service(kind, audio, it):
    found = ask(model_at(kind, it, price=(2.5, 32.0, 10.0)))
    assert found.usage.audio_tokens == audio
    assert found.usage.input_tokens == audio + 60
    assert found.usd == pytest.approx((60 * 2.5 + audio * 32 + 10) / 1e6)
    assert found.seconds > 0


def test_what_was_thought_is_paid_and_counted():
    usage = GeminiReply.model_validate(gemini("A", thoughts=30)).reply("x").usage
    assert usage == Usage(188, 128, 1, 30)
    assert usage.total == 219


def test_a_price_of_the_table_is_taken_with_its_day(it):
    model = model_at("openai", it)
    assert (model.price.audio, model.price.on) == (32.0, "2026-11-26")
    assert model_at("openai", it, "gpt-audio-9").price is None


@pytest.mark.parametrize(("kind", "request_id"), [("openai", "req_1"), ("gemini", "resp_1")])
def test_what_support_asks_for_is_there(kind, request_id, it):
    assert ask(model_at(kind, it)).request_id == request_id
