from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from amarathon.errors import ModelError, ServiceError
from amarathon.models.remote import ServiceOptions, find_remote
from amarathon.models.remote.budget import Budget, Cost
from amarathon.models.remote.costs import price_of
from amarathon.models.remote.services import SERVICES
from tests.models.remote.asking import ask, model_at
from tests.models.remote.replies import chat, failure


def test_many_threads_never_pass_a_budget_together():
    budget = Budget(usd=1.0, tokens=1000)

    def spend(_):
        try:
            with budget.holding(Cost(100, 0.05)) as cost:
                cost.tokens, cost.usd = 90, 0.045
        except ServiceError:
            return 0
        return 1

    with ThreadPoolExecutor(16) as pool:
        asked = sum(pool.map(spend, range(200)))
    assert asked == 11  # 10 x 90 and one that could still be held
    assert budget.spent.tokens <= 1000
    assert budget.spent.usd <= 1.0


def test_what_fails_costs_nothing_unless_it_was_worked_on():
    budget = Budget()
    with pytest.raises(KeyError), budget.holding(Cost(100, 1.0)):
        raise KeyError
    assert (budget.spent.tokens, budget.spent.usd) == (0, 0.0)


def ask_often(model, times):
    for _ in range(times):
        ask(model)


@pytest.mark.parametrize("kind", ["openai", "gemini"])
def test_a_run_stops_within_its_budget(kind, it):
    pytest.importorskip("openai")
    pytest.importorskip("google.genai")
    model = model_at(kind, it, price=(2.5, 32.0, 10.0), budget_usd=0.1)
    with pytest.raises(ServiceError, match=r"budget of \$0.1 is used up"):
        ask_often(model, 100)
    assert 0.05 < model.budget.spent.usd <= 0.1
    assert len(it.seen) < 100


def test_tokens_are_a_budget_too_and_earlier_starts_count(it):
    pytest.importorskip("openai")
    model = model_at("openai", it, budget_tokens=600)
    model.begin(tokens=350)
    with pytest.raises(ServiceError, match="budget of 600 tokens"):
        ask_often(model, 9)
    assert len(it.seen) < 3


def test_what_a_service_does_not_count_is_spent_as_it_was_set_aside(it):
    pytest.importorskip("openai")
    model = model_at("openai", it, price=(2.5, 32.0, 10.0))
    body = chat()
    del body["usage"]
    it.faults = [(200, (), body)]
    assert ask(model).usd is None
    assert model.budget.spent.tokens > 100
    assert model.budget.spent.usd > 0.001


def test_a_request_that_was_worked_on_counts_and_one_that_was_not_does_not(it, slept):
    pytest.importorskip("openai")
    model = model_at("openai", it, timeout_s=1)
    it.faults = [failure(503)]
    ask(model)
    assert model.budget.spent.tokens == 101
    it.faults = [("hang", (), 2)]
    ask(model)
    assert model.budget.spent.tokens > 303


def test_a_service_that_counts_more_than_was_thought_is_budgeted_so_from_then_on(it):
    pytest.importorskip("openai")
    it.audio_tokens = 4000
    model = model_at("openai", it, budget_tokens=9000)
    ask(model)
    ask(model)
    with pytest.raises(ServiceError):
        ask(model)
    assert model.budget.spent.tokens == 2 * 4061


def test_a_budget_in_dollars_needs_a_price():
    unknown = find_remote("http://localhost:8000/v1#m")
    with pytest.raises(ModelError, match="--price"):
        price_of(unknown, ServiceOptions(budget_usd=1.0), date(2026, 11, 26))
    assert price_of(unknown, ServiceOptions(), date(2026, 11, 26)) is None
    named = price_of(unknown, ServiceOptions(budget_usd=1.0, price=(1, 2, 3)), date(2026, 11, 26))
    assert (named.audio, named.source) == (2, "named by the user")


def test_a_price_ends_on_its_last_day():
    gemini = SERVICES["gemini"]
    assert gemini.price_of("gemini-3.8-flash", date(2026, 12, 31)).text == 0.75
    assert gemini.price_of("gemini-3.8-flash", date(2027, 1, 1)) is None
