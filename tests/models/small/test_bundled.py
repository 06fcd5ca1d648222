"""The bundled checkpoint: plain transformers load it, and it knows more than chance does."""

import torch
from transformers import (
    AutoTokenizer,
    Qwen2_5OmniThinkerForConditionalGeneration,
    WhisperFeatureExtractor,
)

from amarathon.datasets import load_dataset
from amarathon.models import load_model
from amarathon.models.small import TRAINED_NOTICE, bundled_folder
from amarathon.runs import evaluate, read_run
from amarathon.tasks import TASKS


def test_plain_transformers_load_it_whole():
    model, loading = Qwen2_5OmniThinkerForConditionalGeneration.from_pretrained(
        bundled_folder(), output_loading_info=True
    )
    assert not any(loading.values()), loading
    assert model.dtype == torch.float16
    tokenizer = AutoTokenizer.from_pretrained(bundled_folder())
    assert len(tokenizer) == model.config.text_config.vocab_size
    assert WhisperFeatureExtractor.from_pretrained(bundled_folder()).feature_size == 80


def test_small_is_the_trained_one_and_says_so():
    identity = load_model("small").identity
    assert (identity.name, identity.notice, identity.untrained) == ("small", TRAINED_NOTICE, False)


def test_it_answers_bundled_questions_far_above_chance(tmp_path):
    codes = [code for code, task in TASKS.items() if task.is_multiple_choice]
    samples = [sample for code in codes for sample in load_dataset("bundled", tasks=[code]).samples[:2]]
    evaluate(load_model("small"), samples, ["vanilla"], tmp_path / "run")
    records = read_run(tmp_path / "run").predictions()
    assert all(record.answer_read is not None for record in records)
    right = sum(bool(record.correct) for record in records)
    assert right >= 1.8 * sum(1 / len(record.options) for record in records)
