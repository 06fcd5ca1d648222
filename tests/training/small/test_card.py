import pytest
import torch
from safetensors.torch import save_file

from amarathon.errors import ModelError, RunError
from amarathon.models.checkpoint import find_checkpoint
from amarathon.runs import read_run
from amarathon.runs.folder import writing
from amarathon.runs.records import DatasetRecord, ModelRecord, Prediction, RunHeader
from amarathon.runs.summary import summary_of
from amarathon.training.small.card import TrainingFacts, write_card

FACTS = TrainingFacts(
    stage="64-128 s", stage_step=120, steps=900, seed=0, validation={"SCR": 0.75, "mean": 0.75}
)


@pytest.fixture
def checkpoint(tmp_path):
    """A folder as the export leaves it, its weights one number."""
    folder = tmp_path / "small"
    folder.mkdir()
    save_file({"weight": torch.ones(1)}, folder / "model.safetensors")
    (folder / "config.json").write_text("{}")
    (folder / "training.json").write_text(FACTS.model_dump_json())
    return folder


def run_of(folder, revision):
    """Twenty answers of a model, fifteen of them right."""
    header = RunHeader(
        run_id="test-split",
        created_at="2026-01-01T00:00:00.000+00:00",
        model=ModelRecord(
            name="small", revision=revision, adapter="stub", dtype="float32", device="cpu", parameters=1
        ),
        dataset=DatasetRecord(name="mini", sha256="ab" * 32, count=20, tasks={"SCR": 20}),
        configurations=["vanilla"],
        seed=0,
        engine="local",
        hardware={"cpu": "none"},
        libraries={},
        commit="c" * 40,
    )
    with writing(folder) as written:
        written.write_header(header)
        for index in range(20):
            truth, read = index % 2, index % 2 if index < 15 else 1 - index % 2
            written.append(
                Prediction(
                    sample_id=f"s{index}",
                    task="SCR",
                    configuration="vanilla",
                    options=["one", "two"],
                    labels=["one", "two"],
                    order=[0, 1],
                    answer=truth,
                    reply="AB"[read],
                    answer_read=read,
                    correct=read == truth,
                    duration_s=120.0,
                    sources=[f"voice-{index}"],
                    at="2026-01-01T00:00:01.000+00:00",
                )
            )
    return read_run(folder)


def test_a_card_tells_training_and_validation_and_that_nothing_was_measured_yet(checkpoint):
    write_card(checkpoint)
    card = (checkpoint / "README.md").read_text()
    assert "900 steps, the last 120 of them on clips of 64-128 s" in card
    assert "| SCR | 75.0 |" in card
    assert "Not measured on the test split yet." in card


def test_a_card_says_what_its_trainer_remarked(checkpoint):
    remark = "Up to step 600 one loss had another aim."
    facts = FACTS.model_copy(update={"remark": remark})
    (checkpoint / "training.json").write_text(facts.model_dump_json())
    write_card(checkpoint)
    assert f"\n- {remark}\n" in (checkpoint / "README.md").read_text()


def test_a_card_has_the_scores_of_a_run_of_its_weights_with_intervals(checkpoint, tmp_path):
    run = run_of(tmp_path / "run", find_checkpoint(str(checkpoint)).revision)
    write_card(checkpoint, run)
    card = (checkpoint / "README.md").read_text()
    cell = next(cell for cell in summary_of(run).breakdowns["vanilla"].cells if cell.metric == "macro_f1")
    assert f"| SCR | macro_f1 | {cell.score:.1f} | {cell.low:.1f} to {cell.high:.1f} | 20 |" in card
    assert "`test-split`" in card


def test_a_run_of_other_weights_is_refused(checkpoint, tmp_path):
    with pytest.raises(RunError, match="other weights"):
        write_card(checkpoint, run_of(tmp_path / "run", "sha256:0000"))


def test_a_folder_without_a_record_of_its_training_is_named(tmp_path):
    with pytest.raises(ModelError, match=r"training\.json"):
        write_card(tmp_path)
