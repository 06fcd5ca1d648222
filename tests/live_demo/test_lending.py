"""Comparisons on a lent GPU, with a stand-in for the package `spaces` that lends like it.

As `spaces.GPU` of version 0.51: a callable duration is asked with the call's own arguments, errors come over
as `gradio.Error`, and closing the generator ends the work in the other process after its next event.
"""

import pickle
import sys
from types import SimpleNamespace

import gradio as gr
import pytest

from amarathon.compression.grids import GRIDS
from amarathon.errors import ModelError
from amarathon.generation.outcome import Outcome
from live_demo.lending import Borrowing
from live_demo.limits import GPU_LEAST_S, GPU_MOST_S
from live_demo.visitors import Visitor
from tests.live_demo.conftest import make_service


class Lender:
    """Lends, and notes for how long, whether the GPU is lent now, and how many loans were ended early."""

    def __init__(self):
        self.seconds, self.lent, self.closed, self.refusal = [], False, 0, None

    def GPU(self, duration):  # noqa: N802
        def decorate(task):
            def borrowed(*arguments):
                arguments = pickle.loads(pickle.dumps(arguments))  # noqa: S301
                self.seconds.append(duration(*arguments))
                if self.refusal:
                    raise gr.Error(self.refusal)
                self.lent = True
                try:
                    for event in task(*arguments):
                        yield pickle.loads(pickle.dumps(event))  # noqa: S301
                except GeneratorExit:
                    self.closed += 1
                    raise
                except gr.Error as error:
                    raise pickle.loads(pickle.dumps(error)) from None  # noqa: S301
                finally:
                    self.lent = False

            return borrowed

        return decorate


@pytest.fixture
def lender(monkeypatch):
    found = Lender()
    monkeypatch.setenv("SPACES_ZERO_GPU", "true")
    monkeypatch.setitem(sys.modules, "spaces", SimpleNamespace(GPU=found.GPU))
    return found


@pytest.fixture
def service(lender, tmp_path, shared_model):
    return make_service(tmp_path, shared_model)


@pytest.fixture
def run(service):
    def run(asked):
        comparison = service.submit(asked, Visitor())
        service.queue.run(comparison.id)
        return comparison

    return run


def rows(comparison):
    return (comparison.folder / "predictions.jsonl").read_text().splitlines()


def test_a_comparison_borrows_for_about_as_long_as_it_takes(run, ask, lender):
    assert run(ask()).state == "done"
    assert len(lender.seconds) == 1
    assert GPU_LEAST_S <= lender.seconds[0] <= GPU_MOST_S
    assert not lender.lent


def test_the_papers_grid_is_cut_into_loans_that_each_fit(service, ask, monkeypatch):
    asked = ask(configurations=list(GRIDS["paper"]), max_new_tokens=2)
    service.queue.models["small"].get()
    borrowing = service.queue.borrowing
    assert isinstance(borrowing, Borrowing)
    whole = borrowing._expect(asked, 300.0).estimate().seconds.high
    monkeypatch.setattr("live_demo.lending.GPU_MOST_S", whole / 3)
    monkeypatch.setattr("live_demo.lending.GPU_START_S", 0)
    loans = list(borrowing.loans(300.0, asked))
    assert [name for loan in loans for name in loan.configurations] == asked.configurations
    assert 3 <= len(loans) <= 8
    for loan in loans:
        expected = borrowing._expect(loan, 300.0).estimate().seconds.high
        assert expected <= whole / 3 or len(loan.configurations) == 1


def test_between_two_loans_nothing_is_lent_and_others_have_their_turn(service, run, ask, lender, monkeypatch):
    monkeypatch.setattr("live_demo.lending.GPU_MOST_S", 1e-9)  # a loan for each configuration
    offers = []
    offer = service.queue.turns.offer

    def noted(ticket, withdrawn):
        offers.append((lender.lent, ticket.sliced))
        return offer(ticket, withdrawn)

    monkeypatch.setattr(service.queue.turns, "offer", noted)
    comparison = run(ask())
    assert comparison.state == "done"
    assert len(rows(comparison)) == 3
    assert len(lender.seconds) == 3
    assert {lent for lent, sliced in offers if sliced} == {False}
    assert sum(sliced for _, sliced in offers) == 2


def test_stopping_ends_the_loan_and_keeps_what_is_answered(service, ask, lender, monkeypatch):
    comparison = service.submit(ask(), Visitor())
    take = comparison._take

    def stopping(*arguments):
        take(*arguments)
        comparison.stop()

    monkeypatch.setattr(comparison, "_take", stopping)
    service.queue.run(comparison.id)
    assert comparison.state == "stopped"
    assert len(rows(comparison)) == 1
    assert (lender.closed, lender.lent) == (1, False)


def test_no_gpu_is_one_sentence(run, ask, lender):
    lender.refusal = "You have exceeded your GPU quota"
    comparison = run(ask())
    assert comparison.state == "failed"
    assert comparison.error == "The GPU that is lent here was not to be had: You have exceeded your GPU quota"


def test_what_the_model_cannot_do_is_in_every_row(service, run, ask, lender, monkeypatch):
    def broken(*_):
        raise ModelError("The recording could not be encoded.")
        yield Outcome("vanilla")

    monkeypatch.setattr("live_demo.lending.answers", broken)
    comparison = run(ask())
    assert comparison.state == "done"
    assert [("could not be encoded" in line) for line in rows(comparison)] == [True] * 3
