"""What is done with a model inside a block: cached prefixes, turns, nesting, threads, wrappers, training."""

import copy
import threading

import pytest
import torch
from peft import LoraConfig, get_peft_model
from torch import nn
from transformers import DynamicCache, TextIteratorStreamer

from amarathon.compression import compress
from amarathon.compression.hooks import decoder_layers
from amarathon.doctor.recording import noise
from amarathon.errors import ModelError
from amarathon.generation.outcome import Outcome
from amarathon.generation.sweep import sweep
from amarathon.models.small import recipe
from amarathon.tasks import TASKS
from tests.compression.replies import NAME, check_generated, check_reply, generated, prepared_prompt
from tests.compression.tiny import tiny_thinker


@torch.no_grad()
def forward(model, cache, **inputs):
    return model(**inputs, past_key_values=cache, use_cache=True).logits[0]


def ids(*tokens):
    return torch.tensor([tokens])


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


# One model, several who want it


def test_blocks_do_not_nest():
    lm, _, inputs, _ = prepared_prompt()
    with compress(lm.model, NAME):
        with (
            pytest.raises(ModelError, match=r"inside a block of fastv@0\.6.*one configuration"),
            compress(lm.model, "knorm@0.5"),
        ):
            pass
        events = list(sweep(lm, noise(1.0), TASKS["SGR"].free_messages("", []), ["vanilla"]))
        assert "inside a block" in next(one.error for one in events if isinstance(one, Outcome))
        check_generated(lm.model, inputs)
    with compress(lm.model, "knorm@0.5"):
        generated(lm.model, inputs)


def elsewhere(work):
    """What `work` returns or raises in another thread."""
    found = []

    def run():
        try:
            found.append(work())
        except ModelError as error:
            found.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return found[0]


def test_other_threads_are_refused_while_a_block_is_open():
    lm, _, inputs, _ = prepared_prompt()
    plain = generated(lm.model, inputs)[0]
    with compress(lm.model, NAME) as report:
        check_generated(lm.model, inputs)
        before = copy.copy(vars(report))
        for work in (lambda: generated(lm.model, inputs), lambda: lm.model(**inputs)):
            assert "in the thread that opened the block" in str(elsewhere(work))

        def entered():
            with compress(lm.model, "knorm@0.5"):
                return generated(lm.model, inputs)

        assert "Another thread's block of fastv@0.6" in str(elsewhere(entered))
        assert vars(report) == before
        check_generated(lm.model, inputs)
    assert torch.equal(elsewhere(lambda: generated(lm.model, inputs))[0], plain)


def test_a_forward_that_was_under_way_in_another_thread_ends_as_it_began():
    """The block comes and goes while a bystander is between two layers."""
    lm, _, inputs, _ = prepared_prompt()
    before, after = threading.Event(), threading.Event()
    plain = forward(lm.model, None, **inputs)
    mine = threading.get_ident()

    def waits(*_args):
        if threading.get_ident() != mine:
            before.set()
            after.wait(timeout=600)

    hook = decoder_layers(lm.model)[1].register_forward_pre_hook(waits)
    made = []
    bystander = threading.Thread(target=lambda: made.append(forward(lm.model, None, **inputs)))
    try:
        bystander.start()
        assert before.wait(timeout=600)
        with compress(lm.model, NAME):
            check_generated(lm.model, inputs)
            after.set()
            bystander.join()
    finally:
        hook.remove()
    assert torch.equal(made[0], plain)


def test_whoever_reads_a_stream_that_another_thread_may_not_write_is_not_kept_waiting():
    lm, _, inputs, _ = prepared_prompt()
    streamer = TextIteratorStreamer(recipe.tokenizer(), timeout=600)
    with compress(lm.model, NAME):
        error = elsewhere(lambda: lm.model.generate(**inputs, max_new_tokens=4, streamer=streamer))
        assert isinstance(error, ModelError)
        assert "".join(streamer) == ""


def test_a_reply_is_streamed_from_a_thread_that_opens_its_own_block():
    lm, _, inputs, _ = prepared_prompt()
    streamer = TextIteratorStreamer(recipe.tokenizer(), skip_prompt=True, timeout=600)

    def answer():
        with compress(lm.model, NAME):
            lm.model.generate(**inputs, max_new_tokens=6, streamer=streamer)

    thread = threading.Thread(target=answer)
    thread.start()
    text = "".join(streamer)
    thread.join()
    with compress(lm.model, NAME):
        assert text == recipe.tokenizer().decode(check_generated(lm.model, inputs))


# Wrapped models


class Wrapper(nn.Module):
    """A module of one's own."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, **inputs):
        return self.inner(**inputs)


def compiled(model):
    return torch.compile(model, backend="eager")


def compiled_in_place(model):
    copied = copy.deepcopy(model)
    copied.compile(backend="eager")
    return copied


def with_peft(model):
    config = LoraConfig(target_modules=["q_proj", "v_proj"], task_type="CAUSAL_LM", init_lora_weights=True)
    return get_peft_model(copy.deepcopy(model), config).eval()


WRAPPERS = {
    "peft": with_peft,
    "a module of one's own": Wrapper,
    "two of them": lambda model: Wrapper(Wrapper(model)),
    "DataParallel": lambda model: nn.DataParallel(model),
    "compiled": compiled,
    "compiled in place": compiled_in_place,
}


@pytest.mark.parametrize("name", WRAPPERS)
def test_what_is_wrapped_is_compressed(name):
    lm, _, inputs, _ = prepared_prompt()
    wrapped = WRAPPERS[name](lm.model)
    if "compiled" in name:
        # Compiled before the block, so without its hooks.
        with torch.no_grad():
            wrapped(**inputs)
            wrapped(**inputs)
    cache = DynamicCache()
    with compress(wrapped, NAME) as report, torch.no_grad():
        made = wrapped(**inputs, past_key_values=cache, use_cache=True).logits[0, -1:]
        more = wrapped(input_ids=ids(5, 6), past_key_values=cache, use_cache=True).logits[0]
        check_reply(torch.tensor([5, 6]), torch.cat([made, more]))
        if hasattr(wrapped, "generate"):
            check_generated(wrapped, inputs)
    assert report.kept_tokens == 20


def test_what_is_given_is_named_where_nothing_in_it_can_be_compressed():
    lm = tiny_thinker()
    for holder, says in (
        (object(), "not object"),
        (nn.Linear(2, 2), "None are not supported"),
        (lm.model.model, "has no language head|are not supported"),
        (nn.ModuleList([lm.model, copy.deepcopy(lm.model)]), "holds 2 models"),
    ):
        with pytest.raises(ModelError, match=says), compress(holder, "frame@0.6"):
            pass


def test_a_loaded_model_is_taken_for_the_one_that_it_holds():
    lm, _, inputs, _ = prepared_prompt()
    with compress(lm, NAME):
        check_generated(lm.model, inputs)


def test_a_part_of_the_model_is_not_called_by_itself():
    lm, _, inputs, _ = prepared_prompt()
    with (
        compress(lm.model, NAME),
        pytest.raises(ModelError, match="itself inside the block, not a part of it"),
    ):
        lm.model.model(**inputs)


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
