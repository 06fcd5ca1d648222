"""What is asked of a model that only writes down what is said: it works, or is refused in one sentence."""

from pathlib import Path

import pytest

from amarathon.datasets import load_dataset
from amarathon.efficiency.recording import record_efficiency
from amarathon.errors import ConfigurationError, ModelError
from amarathon.runs import evaluate
from amarathon.tasks.sample import SampleSet
from amarathon.training.calibration import gather_evidence
from amarathon.training.finetuning import LoraRecipe, finetune
from tests.models.whisper.tiny import tiny_whisper


def samples(code: str) -> SampleSet:
    return load_dataset("bundled", [code], 1)


def test_questions_are_refused_before_any_answer(tmp_path: Path) -> None:
    both = SampleSet("both", (*samples("ASR").samples, *samples("SCR").samples))
    with pytest.raises(ConfigurationError, match="cannot be asked SCR; use --tasks ASR"):
        evaluate(tiny_whisper(), both, ["vanilla"], tmp_path / "run")
    assert not (tmp_path / "run" / "predictions.jsonl").exists()


REFUSED = {
    "efficiency": lambda lm, out: record_efficiency(lambda: lm, samples("ASR"), ["vanilla"], out),
    "calibrate": lambda lm, out: gather_evidence(lm, None, samples("SCR").samples[0]),
    "finetune": lambda lm, out: finetune(lm, samples("ASR"), "pool@3", "mine", LoraRecipe(steps=1)),
}


@pytest.mark.parametrize("command", REFUSED.values(), ids=REFUSED)
def test_work_that_needs_questions_is_refused(command, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="only writes down what is said"):
        command(tiny_whisper(), tmp_path)


@pytest.mark.parametrize("name", ["pool@2:lora=mine", "headrouter@0.3:profile=mine"])
def test_what_was_learned_from_questions_is_refused(name: str) -> None:
    from amarathon.compression import compress

    with (
        pytest.raises(ConfigurationError, match="only writes down what is said"),
        compress(tiny_whisper().model, name),
    ):
        pass
