"""A whole comparison on a GPU that is lent in another process."""

import json
import os
import signal
import sys
import time

import pytest
import torch

from live_demo.visitors import Visitor
from tests.live_demo.conftest import make_service
from tests.live_demo.spaces_stand_in import Spaces


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def spaces(monkeypatch):
    found = Spaces()
    monkeypatch.setenv("SPACES_ZERO_GPU", "true")
    monkeypatch.setitem(sys.modules, "spaces", found)
    return found


@pytest.fixture
def service(spaces, tmp_path, shared_model):
    shared_model.get()
    return make_service(tmp_path / "lent", shared_model)


def run(service, asked):
    comparison = service.submit(asked, Visitor())
    service.queue.run(comparison.id)
    return comparison


def answered(comparison):
    """Every configuration's reply and which seconds were kept, without what a clock says."""
    lines = (comparison.folder / "predictions.jsonl").read_text().splitlines()
    rows = [json.loads(line) for line in lines]
    kept = (comparison.folder / "kept.jsonl").read_text()
    fields = ("configuration", "reply", "answer_read", "correct", "audio_tokens")
    return [[row[field] for field in fields] for row in rows], kept


def test_the_answers_are_those_of_this_process(service, spaces, ask, monkeypatch, tmp_path, shared_model):
    comparison = run(service, ask())
    assert (comparison.state, comparison.error) == ("done", None)
    assert [worker.pid != os.getpid() for worker in spaces.workers] == [True]
    assert not any(worker.is_alive() for worker in spaces.workers)
    monkeypatch.delenv("SPACES_ZERO_GPU")
    own = make_service(tmp_path / "own", shared_model)
    assert own.queue.borrowing is None
    (tmp_path / "own/demo").mkdir(parents=True, exist_ok=True)
    (tmp_path / "own/demo/recordings").symlink_to(service.recordings.folder)
    here = run(own, ask())
    assert answered(here) == answered(comparison)


def test_a_worker_that_dies_is_one_sentence_and_the_next_comparison_runs(service, spaces, ask, monkeypatch):
    def dying(*_):
        os.kill(os.getpid(), signal.SIGKILL)
        yield

    with monkeypatch.context() as patch:
        patch.setattr("live_demo.lending.answers", dying)
        comparison = run(service, ask())
    assert comparison.state == "failed"
    assert comparison.error == "The GPU that is lent here was not to be had: GPU task aborted"
    assert run(service, ask()).state == "done"


def test_a_loan_that_is_over_is_one_sentence(service, spaces, ask, monkeypatch):
    def slow(*_):
        time.sleep(60)
        yield

    monkeypatch.setattr("live_demo.lending.answers", slow)
    spaces.short_s = 0.3
    comparison = run(service, ask())
    assert comparison.state == "failed"
    assert comparison.error == "The GPU that is lent here was not to be had: GPU task aborted"
    assert not any(worker.is_alive() for worker in spaces.workers)


def test_a_fault_over_there_is_told_by_its_kind(service, ask, monkeypatch):
    def faulty(*_):
        raise KeyError("something that somebody wrote")
        yield

    monkeypatch.setattr("live_demo.lending.answers", faulty)
    comparison = run(service, ask())
    assert comparison.error == "The GPU that is lent here was not to be had: KeyError"
