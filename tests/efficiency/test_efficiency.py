import json
import os
import subprocess
import sys
from functools import partial
from types import SimpleNamespace

import pytest
import torch

from amarathon.compression import METHODS
from amarathon.doctor.recording import noise
from amarathon.efficiency import Spread, measure, read_efficiency, record_efficiency
from amarathon.efficiency.energy import energy_of
from amarathon.efficiency.measuring import STAGES, MeasurementRequest, answer_once
from amarathon.errors import AmarathonError, RunError
from amarathon.generation.outcome import Outcome
from amarathon.generation.sweep import sweep
from amarathon.models import load_model
from amarathon.runs import evaluate
from amarathon.runs.reading import read_run
from amarathon.runs.summary import write_summary
from amarathon.tasks import TASKS
from leaderboard.store import build_board
from tests.compression.tiny import tiny_thinker

MESSAGES = TASKS["SGR"].free_messages("", [])


def request(configuration, **more):
    return MeasurementRequest(noise(2.0), MESSAGES, configuration, max_new_tokens=4, **more)


@pytest.mark.parametrize("name", ["vanilla", "frame@0.6", "pool@3+fastv@0.3", "snapkv@0.5"])
def test_the_measured_answer_is_the_sweeps(name):
    lm = tiny_thinker()
    answered = answer_once(lm, request(name))
    alone = next(
        event
        for event in sweep(lm, noise(2.0), MESSAGES, [name], max_new_tokens=4)
        if isinstance(event, Outcome)
    )
    assert answered.outcome.reply == alone.reply
    assert answered.outcome.new_tokens == 4
    assert sum(answered.cache_bytes) == alone.cache_bytes
    assert len(answered.cache_bytes) == 5
    assert not answered.outcome.timings.shared


def test_the_cache_of_each_layer_is_what_pruning_leaves_of_it():
    lm = tiny_thinker()
    vanilla, pruned = (answer_once(lm, request(name)) for name in ("vanilla", "frame@0.6:layer=2"))
    assert len(set(vanilla.cache_bytes)) == 1
    full = vanilla.cache_bytes[0]
    tokens = len(lm.prompt(noise(2.0), MESSAGES).input_ids[0])
    short = full * (tokens - 30) // tokens
    assert pruned.cache_bytes == [full, full, short, short, short]


def test_stages_add_up_and_every_repeat_counts():
    measured = measure(tiny_thinker(), request("vanilla"), warm_up=0, repeats=3)
    assert set(measured.seconds) == set(STAGES)
    for spread in measured.seconds.values():
        assert 0 < spread.low <= spread.median <= spread.high
    parts = measured.seconds["encoder_s"].low + measured.seconds["prefill_s"].low
    assert parts <= measured.seconds["first_token_s"].high
    # On a CPU a process of its own tells the memory, and nothing counts energy.
    assert measured.memory is None
    assert measured.energy_j is None


def test_a_spread_is_the_median_and_the_quartiles():
    assert Spread.of([5.0, 1.0, 2.0, 4.0, 3.0]) == Spread(median=3.0, low=2.0, high=4.0)
    assert Spread.of([7.0]) == Spread(median=7.0, low=7.0, high=7.0)


def test_no_hook_stays_behind():
    lm = tiny_thinker()
    hooks = [len(module._forward_hooks) + len(module._forward_pre_hooks) for module in lm.model.modules()]
    answer_once(lm, request("fastv@0.6"))
    assert hooks == [
        len(module._forward_hooks) + len(module._forward_pre_hooks) for module in lm.model.modules()
    ]


def test_a_method_may_refuse_the_recording():
    with pytest.raises(AmarathonError):
        answer_once(tiny_thinker(), request("headrouter@0.5:profile=nobody"))


@pytest.fixture(scope="module")
def recorded(tmp_path_factory, samples):
    """Two configurations of the small model on one sample."""
    folder = tmp_path_factory.mktemp("runs") / "alone"
    load = partial(load_model, "small")
    records = record_efficiency(load, samples[:1], ["vanilla", "frame@0.6"], folder, warm_up=0, repeats=2)
    return folder, records


def test_records_name_what_they_rest_on(recorded):
    folder, records = recorded
    header = read_run(folder).header
    assert header.kind == "efficiency"
    assert header.model.revision.startswith("sha256:")
    assert {"cpu", "cores", "memory", "threads"} <= set(header.hardware)
    assert (header.dataset.count, header.protocol_version) == (1, "1")
    assert [record.configuration for record in records] == ["vanilla", "frame@0.6"]
    assert records == read_efficiency(folder)
    for record in records:
        assert record.sample_id == "s0"
        assert (record.repeats, record.warm_up) == (2, 0)
        assert len(record.cache_bytes) == 8
        assert record.memory.kind == "resident"
        # The peak holds the model's 55 MB and more, and belongs to a process that did only this.
        assert record.memory.peak_bytes >= record.memory.idle_bytes > 55e6


def test_a_second_start_measures_only_what_is_missing(recorded, samples):
    folder, records = recorded
    new = []
    again = record_efficiency(
        partial(load_model, "small"), samples[:1], ["vanilla", "frame@0.6"], folder, progress=new.append
    )
    assert again == records
    assert new == []


def test_records_and_answers_do_not_share_a_folder(recorded, samples, tmp_path, stub):
    folder, _ = recorded
    with pytest.raises(RunError, match="no answers to score"):
        write_summary(folder)
    evaluate(stub(), samples[:1], ["vanilla"], tmp_path / "answers")
    with pytest.raises(RunError, match="choose another folder"):
        record_efficiency(partial(load_model, "small"), samples[:1], ["vanilla"], tmp_path / "answers")


def test_evaluation_refuses_a_folder_of_records(recorded, samples, stub):
    with pytest.raises(RunError, match="efficiency records"):
        evaluate(stub(name="small"), samples[:1], ["vanilla", "frame@0.6"], recorded[0])


def test_the_leaderboard_ranks_records_and_never_a_shared_sweeps_times(recorded, samples):
    folder, _ = recorded
    evaluate(load_model("small"), samples[:1], ["vanilla", "frame@0.6"], folder.parent / "shared")
    answers = read_run(folder.parent / "shared").predictions()
    assert all(answer.timings.shared and answer.timings.prefill_s is not None for answer in answers)
    board = build_board(folder.parent)
    assert not board.broken
    [section] = board.speed
    assert {row.folder for row in section.rows} == {"alone"}
    assert [row.first_token_s.median for row in section.rows] == sorted(
        row.first_token_s.median for row in section.rows
    )
    assert all(row.rank is not None and row.count == 2 for row in section.rows)
    # Nor do scores' rows carry times of any kind.
    shown = json.dumps([row.model_dump() for section in board.measured for row in section.rows])
    assert "prefill_s" not in shown


def test_a_damaged_line_is_named_and_the_rest_of_the_board_stands(recorded, tmp_path):
    folder, _ = recorded
    copy = tmp_path / "damaged"
    copy.mkdir()
    (copy / "run.json").write_bytes((folder / "run.json").read_bytes())
    (copy / "efficiency.jsonl").write_text('{"configuration": 1}\n')
    [broken] = build_board(tmp_path).broken
    assert "line 1" in broken.reason


def test_the_command_measures_and_prints(recordings, tmp_path):
    dataset = tmp_path / "numbers"
    dataset.mkdir()
    (dataset / "0.wav").write_bytes(recordings[0].read_bytes())
    options = [{"text": text, "label": text} for text in ("One", "Two")]
    line = {"file_name": "0.wav", "id": "q0", "task": "SCR", "question": "How many?", "options": options}
    (dataset / "metadata.jsonl").write_text(json.dumps(line | {"answer": 0}) + "\n")
    arguments = ["--dataset", dataset, "--out", tmp_path / "out", "--repeats", 1, "--warm-up", 0, "--json"]
    run = subprocess.run(
        [sys.executable, "-c", "from amarathon.cli import main; main()", "efficiency", *map(str, arguments)],
        capture_output=True,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        check=False,
    )
    assert run.returncode == 0, run.stderr
    [record] = map(json.loads, run.stdout.splitlines())
    assert record["configuration"] == "vanilla"
    assert record["memory"]["kind"] == "resident"


def test_every_method_can_be_measured_alone():
    for name, method in METHODS.items():
        amount = 2 if method.amount_kind == "factor" else 0.6
        answered = answer_once(tiny_thinker(), request(f"{name}@{amount}"))
        assert answered.outcome.error is None
        assert torch.tensor(answered.cache_bytes).gt(0).all()


class Counter:
    """Stands in for NVML: 2.5 J between two readings."""

    class NVMLError_NotSupported(Exception):  # noqa: N801, N818 - NVML's name
        pass

    def __init__(self, supported=True):
        self.millijoules, self.supported, self.open = 1000, supported, 0

    def nvmlInit(self):  # noqa: N802
        self.open += 1

    def nvmlShutdown(self):  # noqa: N802
        self.open -= 1

    def nvmlDeviceGetHandleByUUID(self, uuid):  # noqa: N802
        assert uuid == "GPU-1234"

    def nvmlDeviceGetTotalEnergyConsumption(self, handle):  # noqa: N802
        if not self.supported:
            raise self.NVMLError_NotSupported
        self.millijoules += 2500
        return self.millijoules


@pytest.mark.parametrize(("supported", "joules"), [(True, 2.5), (False, None)])
def test_energy_is_the_counters_advance_or_absent(monkeypatch, supported, joules):
    counter = Counter(supported)
    monkeypatch.setitem(sys.modules, "pynvml", counter)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda _device: SimpleNamespace(uuid="1234"))
    monkeypatch.setattr(torch.cuda, "synchronize", lambda _device: None)
    with energy_of(torch.device("cuda")) as meter:
        pass
    assert meter.joules == joules
    assert counter.open == 0
