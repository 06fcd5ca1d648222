"""One model, several who want it: blocks that would nest, other threads, streamed replies."""

import copy
import threading

import pytest
import torch
from transformers import TextIteratorStreamer

from amarathon.compression import compress
from amarathon.compression.hooks import decoder_layers
from amarathon.doctor.recording import noise
from amarathon.errors import ModelError
from amarathon.generation.outcome import Outcome
from amarathon.generation.sweep import sweep
from amarathon.models.small import recipe
from amarathon.tasks import TASKS
from tests.compression.replies import NAME, check_generated, forward, generated, prepared_prompt


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
