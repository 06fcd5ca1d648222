"""The model cards' own classes, thinker and talker together: the thinker is what is compressed."""

from types import SimpleNamespace

import pytest
import torch
from transformers import (
    Qwen2_5OmniConfig,
    Qwen2_5OmniForConditionalGeneration,
    Qwen3OmniMoeConfig,
    Qwen3OmniMoeForConditionalGeneration,
)

from amarathon.compression import compress
from amarathon.doctor.recording import noise, questions
from amarathon.errors import ModelError
from tests.models.families.tiny import tiny

CLASSES = {
    "qwen2_5_omni": (Qwen2_5OmniForConditionalGeneration, Qwen2_5OmniConfig),
    "qwen3_omni": (Qwen3OmniMoeForConditionalGeneration, Qwen3OmniMoeConfig),
}


def whole(family):
    """A whole model around the tiny thinker; its talker is there and never speaks."""
    kind, config = CLASSES[family]
    lm = tiny(family)
    with torch.device("meta"):
        model = kind(config(thinker_config=lm.model.config.to_dict(), enable_audio_output=False))
    model.thinker = lm.model
    model.speaker_map = {"Chelsie": {}}
    model.talker = SimpleNamespace(codec_pad_token=0)
    model.has_talker = True
    return lm, model.eval()


def text_only(model, inputs):
    """Text alone, in the words of each class."""
    older = type(model).__name__.startswith("Qwen3")
    words = {"return_audio": False} if older else {"generation_mode": "text"}
    return model.generate(**inputs, **words, thinker_max_new_tokens=5)


@pytest.mark.parametrize("family", CLASSES)
def test_the_thinker_of_a_whole_model_is_compressed(family):
    lm, model = whole(family)
    inputs = lm.forward_inputs(lm.prompt(noise(3.0), questions()[0]))
    with compress(lm.model, "fastv@0.6+snapkv@0.5") as report:
        expected = lm.model.generate(**inputs, max_new_tokens=5)
        kept = report.kept_indices
    plain = text_only(model, inputs)
    with compress(model, "fastv@0.6+snapkv@0.5") as report:
        made = text_only(model, inputs)
        assert report.kept_indices == kept
        assert report.kept_tokens < report.audio_tokens
        with pytest.raises(ModelError, match="talker would speak from states"):
            model.generate(**inputs, thinker_max_new_tokens=5)
    assert torch.equal(made, expected)
    assert torch.equal(text_only(model, inputs), plain)
