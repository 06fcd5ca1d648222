"""What is done with a model inside a block: cached prefixes, turns, and what is not inference."""

import copy

import pytest
import torch
from transformers import DynamicCache

from amarathon.compression import compress
from amarathon.compression.hooks import decoder_layers
from amarathon.errors import ModelError
from tests.compression.replies import (
    NAME,
    check_generated,
    check_reply,
    forward,
    generated,
    ids,
    prepared_prompt,
)

# Caches that hold something already


def test_a_cached_text_prefix_is_refused_and_leaves_no_report():
    lm, _, inputs, _ = prepared_prompt()
    prefix = DynamicCache()
    with torch.no_grad():
        lm.model(input_ids=inputs["input_ids"][:, :4], past_key_values=prefix, use_cache=True)
    with compress(lm.model, NAME) as report:
        for _ in range(2):
            with pytest.raises(ModelError, match="holds 4 tokens that this block has not read"):
                generated(lm.model, inputs, past_key_values=copy.deepcopy(prefix))
            assert report.prompt_tokens == 0
        check_generated(lm.model, inputs)
        with pytest.raises(ModelError, match="has not read"):
            generated(lm.model, inputs, past_key_values=prefix)


def test_a_prompt_in_pieces_is_refused():
    lm, prompt, inputs, _ = prepared_prompt()
    middle = int(prompt.audio_positions[25])
    with compress(lm.model, NAME), torch.no_grad():
        with pytest.raises(
            ModelError, match="no audio tokens to compress: put its text and its audio in one"
        ):
            forward(lm.model, DynamicCache(), input_ids=inputs["input_ids"][:, :5])
        rest = {"input_features": None, "feature_attention_mask": None}
        cache = DynamicCache()
        forward(lm.model, cache, input_ids=inputs["input_ids"][:, :middle], **rest)
        with pytest.raises(ModelError, match="More audio cannot follow a compressed prompt"):
            forward(lm.model, cache, input_ids=inputs["input_ids"][:, middle:])


@pytest.mark.parametrize("copied", [False, True])
def test_a_second_turn_goes_on_behind_the_compressed_prompt(copied):
    """The same cache, or a copy of it: as often as somebody asks another question about the audio."""
    lm, _, inputs, _ = prepared_prompt()
    cache = DynamicCache(config=lm.model.config.text_config)
    with compress(lm.model, NAME):
        tokens, _ = generated(lm.model, inputs, past_key_values=cache)
        for turn in (ids(5, 6, 7), ids(9, 10)):
            used = copy.deepcopy(cache) if copied else cache
            whole = torch.cat([inputs["input_ids"], tokens[None], turn], dim=1)
            made = lm.model.generate(
                input_ids=whole,
                past_key_values=used,
                max_new_tokens=4,
                output_logits=True,
                return_dict_in_generate=True,
            )
            new = made.sequences[0, inputs["input_ids"].shape[1] :]
            check_reply(new[:-1], torch.cat(made.logits))
            tokens = tokens if copied else new


def test_a_reply_is_taken_back_and_another_question_asked():
    lm, _, inputs, _ = prepared_prompt()
    cache = DynamicCache()
    with compress(lm.model, NAME):
        tokens, _ = generated(lm.model, inputs, past_key_values=cache)
        cache.crop(-(len(tokens) - 1))
        made = forward(lm.model, cache, input_ids=ids(7, 8, 9))
        check_reply(torch.tensor([7, 8, 9]), made)
        cache.crop(inputs["input_ids"].shape[1])
        made = forward(lm.model, cache, input_ids=ids(13, 14))
        check_reply(torch.tensor([13, 14]), made)
        with pytest.raises(ModelError, match="compressed prompt cannot be shortened"):
            cache.crop(-3)


def test_one_prompt_is_continued_by_several_rows():
    """What beams of one's own do: the cache is repeated behind the prompt."""
    lm, _, inputs, _ = prepared_prompt()
    cache, rows = DynamicCache(), torch.tensor([[5, 6, 7], [8, 9, 10]])
    with compress(lm.model, NAME), torch.no_grad():
        forward(lm.model, cache, **inputs)
        cache.batch_repeat_interleave(2)
        made = lm.model(input_ids=rows, past_key_values=cache).logits
        check_reply(rows[0], made[0])
        cache.reorder_cache(torch.tensor([1, 1]))
        more = lm.model(input_ids=torch.tensor([[1], [2]]), past_key_values=cache).logits
        check_reply(torch.cat([rows[1], torch.tensor([2])]), more[1])


def test_prompts_of_one_block_may_take_turns():
    lm, _, first, _ = prepared_prompt()
    second = prepared_prompt(seconds=3.0, question=1)[2]
    caches = DynamicCache(), DynamicCache()
    with compress(lm.model, NAME) as report:
        for cache, inputs, audio in zip(caches, (first, second), (50, 75), strict=True):
            forward(lm.model, cache, **inputs)
            assert report.audio_tokens == audio
        check_reply(torch.tensor([5]), forward(lm.model, caches[0], input_ids=ids(5)))
        check_reply(torch.tensor([6]), forward(lm.model, caches[1], input_ids=ids(6)), 1, 3.0)
        check_reply(torch.tensor([5, 7]), forward(lm.model, caches[0], input_ids=ids(7)))


def test_an_emptied_cache_takes_another_prompt():
    lm, _, inputs, _ = prepared_prompt()
    cache = DynamicCache()
    with compress(lm.model, NAME):
        for _ in range(2):
            forward(lm.model, cache, **inputs)
            check_reply(torch.tensor([5]), forward(lm.model, cache, input_ids=ids(5)))
            cache.reset()
    assert type(cache) is DynamicCache


@pytest.mark.parametrize("name", [NAME, "frame@0.6", "knorm@0.5"])
@pytest.mark.parametrize("copied", [False, True])
def test_a_compressed_cache_ends_with_its_block(name, copied):
    lm, _, inputs, _ = prepared_prompt()
    cache = DynamicCache()
    with compress(lm.model, name):
        forward(lm.model, cache, **inputs)
        cache = copy.deepcopy(cache) if copied else cache
    for _ in range(2):
        with pytest.raises(ModelError, match="compressed in a block that has ended"):
            forward(lm.model, cache, input_ids=ids(5))
    with compress(lm.model, name), pytest.raises(ModelError, match="holds a prompt of another block"):
        forward(lm.model, cache, input_ids=ids(5))


def test_a_cache_that_lost_nothing_goes_on_after_its_block():
    lm, _, inputs, _ = prepared_prompt()
    caches = DynamicCache(), DynamicCache()
    with compress(lm.model, "frame@0+snapkv@0"):
        forward(lm.model, caches[0], **inputs)
    forward(lm.model, caches[1], **inputs)
    made = [forward(lm.model, cache, input_ids=ids(5, 6)) for cache in caches]
    assert torch.equal(*made)


def test_a_failed_prompt_does_not_pass_for_one_that_was_read():
    lm, _, inputs, _ = prepared_prompt()
    cache = DynamicCache()

    def fails(*_args):
        raise KeyboardInterrupt

    with compress(lm.model, NAME):
        hook = decoder_layers(lm.model)[3].mlp.register_forward_pre_hook(fails)
        with pytest.raises(KeyboardInterrupt):
            forward(lm.model, cache, **inputs)
        hook.remove()
        with pytest.raises(ModelError, match="has not read"):
            forward(lm.model, cache, input_ids=ids(5))
        check_generated(lm.model, inputs)


# What is not inference


def test_training_is_refused():
    lm, _, inputs, _ = prepared_prompt()
    model = copy.deepcopy(lm.model)
    with compress(model, NAME):
        with pytest.raises(ModelError, match="leave out labels"):
            model(**inputs, labels=inputs["input_ids"])
        model.train()
        with pytest.raises(ModelError, match=r"for inference.*model.eval\(\)"):
            model(**inputs)
        model.gradient_checkpointing_enable()
        with pytest.raises(ModelError, match=r"for inference, and gradient checkpointing.*model.eval\(\)"):
            model(**inputs)
        model.eval()
        check_generated(model, inputs)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"attention_mask": torch.ones(1, 1, 118, 118)}, "2-D attention_mask, or none"),
        ({"position_ids": torch.arange(59).repeat(2)[None]}, "several packed into one row"),
        ({"pixel_values": torch.zeros(4, 4)}, "not pictures"),
        ({"output_hidden_states": True}, "leave out output_hidden_states"),
    ],
)
def test_a_forward_that_holds_more_than_a_prompt_is_refused(arguments, says):
    lm, _, inputs, _ = prepared_prompt()
    with compress(lm.model, NAME), pytest.raises(ModelError, match=says):
        lm.model(**{**inputs, **arguments})


def test_audio_positions_must_be_the_prompts():
    lm, prompt, inputs, _ = prepared_prompt()
    for positions, arguments, says in (
        (prompt.audio_positions + 1, inputs, "not where the prompt has its audio tokens"),
        (
            prompt.audio_positions + 500,
            {"inputs_embeds": torch.zeros(1, 60, 64)},
            "but the prompt has 60 tokens",
        ),
    ):
        with (
            compress(lm.model, NAME, audio_positions=positions),
            pytest.raises(ModelError, match=says),
        ):
            lm.model(**arguments)
