"""Music Flamingo and Audio Flamingo Next: the processor's prompts, and rows that know their time."""

import pytest
import torch
from transformers import MusicFlamingoProcessor

from amarathon.tasks import free_question
from tests.compression.tiny import QUESTIONS, noise
from tests.models.families.test_inputs import plain_embeddings
from tests.models.families.tiny import CHUNK_S, tiny


@pytest.mark.parametrize("seconds", [0.5, 2.0, 3.2, 4.0003, 5.03])
@pytest.mark.parametrize("question", [0, 1])
def test_prompts_equal_the_processors(seconds, question):
    lm, audio = tiny("musicflamingo"), noise(seconds)
    task, text, options = QUESTIONS[question]
    prompt = lm.prompt(audio, task.free_messages(text, options))
    placeholders = "<sound>" * len(prompt.audio_positions)
    text = lm.tokenizer.decode(prompt.input_ids[0])
    assert f"<|im_start|>user\n<|sound_bos|>{placeholders}<|sound_eos|>" in text
    processor = MusicFlamingoProcessor(feature_extractor=lm.feature_extractor, tokenizer=lm.tokenizer)
    made = processor(
        text=[text.replace(f"<|sound_bos|>{placeholders}<|sound_eos|>", "<sound>")], audio=[audio.samples]
    )
    assert torch.equal(prompt.input_ids, made["input_ids"])
    long_enough = made["input_features_mask"].sum(-1) > 1
    assert torch.equal(prompt.features, made["input_features"][long_enough])
    assert list(prompt.frames) == made["input_features_mask"][long_enough].sum(-1).tolist()


@pytest.mark.parametrize("seconds", [5.03, 61.0])
def test_rows_are_turned_by_the_time_in_the_recording(seconds):
    """Pieces are encoded two at a time, the class's all at once; a piece's number must not start anew."""
    lm = tiny("musicflamingo")
    prompt = lm.prompt(noise(seconds), free_question("Who?"))
    rows = torch.cat([part for _, part in lm.encode_parts(prompt)])
    expected = plain_embeddings(lm, lm.forward_inputs(prompt))[0, prompt.audio_positions]
    torch.testing.assert_close(rows, expected, rtol=1e-5, atol=1e-5)
    with torch.inference_mode():
        features = prompt.features[2:4]
        early, late = (lm.encode_chunks(features, prompt.frames[2:4], first) for first in (0, 2))
    assert (early - late).abs().max() > 0.01


def test_pieces_begin_where_the_last_ended():
    family = tiny("musicflamingo").family
    assert family.start_s(CHUNK_S * 25) == CHUNK_S
