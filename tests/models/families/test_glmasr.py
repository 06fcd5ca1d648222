"""GLM-ASR: features and tokens as its own processor makes them, and the one task that it answers."""

import pytest
import torch

from amarathon.errors import ConfigurationError, ModelError
from amarathon.models.families import check_tasks
from amarathon.tasks import free_question
from tests.compression.tiny import noise
from tests.models.families.tiny import CHUNK_S, TINY, tiny

pytestmark = pytest.mark.skipif("glmasr" not in TINY, reason="the installed transformers lacks it")


@pytest.mark.parametrize("seconds", [0.0601, 0.5, 2.0, 3.2, 5.03, 6.0603])
def test_it_equals_its_processor(seconds):
    from transformers import GlmAsrProcessor

    lm, audio = tiny("glmasr"), noise(seconds)
    processor = GlmAsrProcessor(
        feature_extractor=lm.feature_extractor,
        tokenizer=lm.tokenizer,
        chat_template=lm.tokenizer.chat_template,
        max_audio_len=CHUNK_S * 10,
    )
    prompt = lm.prompt(audio, free_question("Who?"))
    text = lm.tokenizer.decode(prompt.input_ids[0])
    pad = "<|pad|>"
    assert text.startswith("<|user|>\n")
    assert text.endswith("<|end_of_audio|>Who?<|assistant|>\n")
    one = text.replace(pad * len(prompt.audio_positions), pad)
    made = processor(text=[one], audio=[audio.samples])
    assert torch.equal(prompt.input_ids, made["input_ids"])
    sound = made["input_features_mask"].sum(-1)
    kept = [index for index, count in enumerate(sound.tolist()) if lm.token_count(count) > 0]
    assert torch.equal(prompt.features, made["input_features"][kept])
    assert list(prompt.frames) == sound[kept].tolist()


def test_too_short_a_recording_is_refused():
    lm = tiny("glmasr")
    with pytest.raises(ModelError, match="too short for tiny"):
        lm.prompt(noise((lm.shortest - 1) / 16_000), free_question("Who?"))
    assert len(lm.prompt(noise(lm.shortest / 16_000), free_question("Who?")).audio_positions) == 1


def test_it_transcribes_and_nothing_else():
    with pytest.raises(ConfigurationError, match="GLM-ASR only writes down what is said"):
        check_tasks("glmasr", ["ASR", "SCR"])
    check_tasks("glmasr", ["ASR"])
    with pytest.raises(ModelError, match="calibration needs a model that answers questions"):
        tiny("glmasr").family.check_takes("calibration")
