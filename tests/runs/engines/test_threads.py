"""Many questions at once, one writer, and nothing lost or asked twice."""

import signal
import threading
import time
from collections import Counter

import pytest

from amarathon.errors import AudioError, ModelError, RunError, ServiceError
from amarathon.models import load_model
from amarathon.models.model_api import ModelIdentity
from amarathon.runs import evaluate, read_run
from amarathon.runs.engines import DeferredModel, ThreadEngine, engine_by_name
from amarathon.tasks.sample import Sample

OF_ITS_TIME = {"at"}


class Scripted:
    """Answers by recording; waits, fails or stops where it is told to."""

    compresses, max_audio_s = False, 60.0
    identity = ModelIdentity("scripted", "1", "stub", "float32", "cpu", 0)

    def __init__(self, failing=(), stopping=(), slow_s=0.0, together=0, on_call=None):
        self.failing, self.stopping, self.slow_s, self.on_call = set(failing), set(stopping), slow_s, on_call
        self.together, self.barrier = together, threading.Barrier(max(1, together))
        self.asked, self.threads, self.lock = Counter(), set(), threading.Lock()

    def respond(self, audio, messages, *, max_new_tokens):
        with self.lock:
            self.asked[audio.sha256] += 1
            self.threads.add(threading.current_thread().name)
            first = sum(self.asked.values()) <= self.together
        if first:
            self.barrier.wait(60)
        if self.on_call:
            self.on_call(self)
        time.sleep(self.slow_s)
        if audio.sha256 in self.failing:
            raise ModelError("This one cannot be answered.")
        if audio.sha256 in self.stopping:
            raise ServiceError("The key is wrong.")
        return "B"


def lines(folder):
    records = read_run(folder).predictions()
    return sorted((record.model_dump(exclude=OF_ITS_TIME) for record in records), key=str)


@pytest.fixture(scope="module")
def many(samples):
    """Sixteen questions about four recordings."""
    first = samples[0]
    return [
        Sample(f"q{index:02}", "SCR", sample.audio, "How many?", first.options, answer=index % 4)
        for index, sample in enumerate(list(samples) * 4)
    ]


def test_threads_write_the_records_that_one_at_a_time_writes(many, tmp_path):
    failing = {many[1].audio.sha256}
    threaded = Scripted(failing, together=4)
    evaluate(threaded, many, ["vanilla"], tmp_path / "threads", engine=ThreadEngine(4))
    evaluate(Scripted(failing), many, ["vanilla"], tmp_path / "local")
    assert lines(tmp_path / "threads") == lines(tmp_path / "local")
    assert len(threaded.threads) == 4
    assert read_run(tmp_path / "threads").header.engine == "threads"


def test_a_recording_that_cannot_be_read_is_its_samples_fault(many, tmp_path, monkeypatch):
    def unreadable(path, limits):
        raise AudioError("It is damaged.")

    monkeypatch.setattr("amarathon.runs.ahead.load_audio", unreadable)
    evaluate(Scripted(), many, ["vanilla"], tmp_path / "run", engine="threads")
    assert {record.error for record in read_run(tmp_path / "run").predictions()} == {"It is damaged."}


def test_a_service_that_stops_keeps_what_is_on_its_way_and_writes_nothing_for_the_rest(many, tmp_path):
    model = Scripted(stopping={many[2].audio.sha256}, together=4)
    with pytest.raises(ServiceError, match="key is wrong"):
        evaluate(model, many, ["vanilla"], tmp_path / "run", engine=ThreadEngine(4))
    kept = read_run(tmp_path / "run").predictions()
    assert [record.error for record in kept if record.error] == []
    assert {"q00", "q01", "q03"} <= {record.sample_id for record in kept}

    rest = Scripted()
    evaluate(rest, many, ["vanilla"], tmp_path / "run", engine=ThreadEngine(4))
    assert sum(rest.asked.values()) == 16 - len(kept)
    assert len(read_run(tmp_path / "run").predictions()) == 16


def test_one_at_a_time_it_writes_nothing_for_the_rest_either(many, tmp_path):
    model = Scripted(stopping={many[2].audio.sha256})
    with pytest.raises(ServiceError):
        evaluate(model, many, ["vanilla"], tmp_path / "run")
    assert len(read_run(tmp_path / "run").predictions()) == 2


def test_an_interrupt_keeps_what_is_on_its_way(many, tmp_path):
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    once = threading.Event()

    def interrupt(model):
        if sum(model.asked.values()) == 6 and not once.is_set():
            once.set()
            signal.raise_signal(signal.SIGINT)

    try:
        model = Scripted(slow_s=0.3, on_call=interrupt)
        with pytest.raises(KeyboardInterrupt):
            evaluate(model, many, ["vanilla"], tmp_path / "run", engine=ThreadEngine(4))
    finally:
        signal.signal(signal.SIGINT, handler)
    kept = read_run(tmp_path / "run").predictions()
    assert len(kept) == sum(model.asked.values()) < 16


def test_a_fault_of_the_program_is_raised(many, tmp_path):
    def fail(_model):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        evaluate(Scripted(on_call=fail), many, ["vanilla"], tmp_path / "run", engine="threads")


def test_progress_is_told_by_the_thread_that_writes(many, tmp_path):
    told = []
    evaluate(
        Scripted(),
        many,
        ["vanilla"],
        tmp_path / "run",
        engine="threads",
        progress=lambda event: told.append((event.stage, threading.current_thread())),
    )
    assert {thread for _, thread in told} == {threading.current_thread()}
    assert Counter(stage for stage, _ in told) == {"audio": 16, "decode": 16, "done": 16}


def test_weights_here_are_no_work_for_threads(many, tmp_path):
    small = DeferredModel("small", lambda: load_model("small"))
    with pytest.raises(RunError, match="use local"):
        evaluate(small, many, ["vanilla"], tmp_path / "run", engine=engine_by_name("threads"))
