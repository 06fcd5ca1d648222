"""Records of samples that a run's dataset does not have are told, wherever answers are counted."""

import pytest
from typer.testing import CliRunner

from amarathon.cli import app
from amarathon.errors import RunError
from amarathon.runs import compare_configurations, evaluate, read_run, summarise
from amarathon.runs.findings import findings
from amarathon.runs.folder import writing
from amarathon.runs.membership import check_samples, samples_sha256

SAMPLES = [(f"c{index}", "SCR") for index in range(3)] + [("e0", "SER")]


@pytest.fixture
def described(header):
    """The header of a run of three samples of one task and one of another."""

    def make(*, hashed):
        known = {"samples_sha256": samples_sha256(SAMPLES)} if hashed else {}
        dataset = header.dataset.model_copy(update={"count": 4, "tasks": {"SCR": 3, "SER": 1}} | known)
        return header.model_copy(update={"dataset": dataset})

    return make


@pytest.mark.parametrize(
    ("answered", "hashed", "fault"),
    [
        (SAMPLES, False, None),
        (SAMPLES, True, None),
        (SAMPLES[::-1], True, None),
        (SAMPLES[:3], True, None),
        ([], True, None),
        ([*SAMPLES, ("c3", "SCR")], False, "4 samples of SCR .c3 among them.; two has 3"),
        ([("c3", "SCR"), *SAMPLES], True, "4 samples of SCR"),
        ([*SAMPLES, ("e0", "SD")], False, "1 samples of SD .e0 among them.; two has 0"),
        ([*SAMPLES[1:], ("stranger", "SCR")], False, None),  # nothing in an older header tells
        ([*SAMPLES[1:], ("stranger", "SCR")], True, "other samples than those of two"),
        ([*SAMPLES[:3], ("e1", "SER")], True, "other samples than those of two"),
    ],
)
def test_every_way_of_a_sample_too_many_or_in_the_place_of_another(
    record, described, answered, hashed, fault
):
    predictions = [record(name, task=task) for name, task in answered]
    if fault is None:
        check_samples(described(hashed=hashed), predictions)
        return
    with pytest.raises(RunError, match=fault):
        check_samples(described(hashed=hashed), predictions)


@pytest.fixture
def with_a_stranger(tmp_path, header, record):
    with writing(tmp_path / "run") as folder:
        folder.write_header(header)
        for name in ("s1", "s2", "stranger"):
            for configuration in header.configurations:
                folder.append(record(name, configuration=configuration))
    return tmp_path / "run"


@pytest.mark.parametrize(
    "count",
    [summarise, lambda path: compare_configurations(read_run(path)), lambda path: findings(read_run(path))],
)
def test_whatever_counts_answers_names_the_stranger(with_a_stranger, count):
    with pytest.raises(RunError, match="stranger"):
        count(with_a_stranger)


@pytest.mark.parametrize("command", ["score", "compare", "findings"])
def test_the_commands_say_so(with_a_stranger, command):
    shown = CliRunner().invoke(app, [command, str(with_a_stranger)])
    assert shown.exit_code != 0
    assert "stranger" in shown.output + str(shown.exception)


def test_an_evaluation_does_not_go_on_beside_answers_to_other_samples(tmp_path, samples, stub):
    out = tmp_path / "run"
    evaluate(stub(), samples, ["vanilla"], out)
    path = out / "predictions.jsonl"
    line = path.read_text().splitlines()[0]
    path.write_text(path.read_text() + line.replace('"s0"', '"stranger"') + "\n")
    again = stub()
    with pytest.raises(RunError, match="an answer to stranger, which is no sample of"):
        evaluate(again, samples, ["vanilla"], out)
    assert again.calls == 0


def test_a_stranger_in_the_place_of_a_sample_is_found_by_what_evaluate_wrote_down(tmp_path, samples, stub):
    out = tmp_path / "run"
    evaluate(stub(), samples, ["vanilla"], out)
    path = out / "predictions.jsonl"
    path.write_text(path.read_text().replace('"s0"', '"stranger"'))
    with pytest.raises(RunError, match="other samples than those of"):
        summarise(out)
