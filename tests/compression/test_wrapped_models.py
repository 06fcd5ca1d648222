"""What holds a model is compressed as the model is: adapters, compiled ones, modules of one's own."""

import copy

import pytest
import torch
from peft import LoraConfig, get_peft_model
from torch import nn
from transformers import DynamicCache

from amarathon.compression import compress
from amarathon.errors import ModelError
from tests.compression.replies import NAME, check_generated, check_reply, ids, prepared_prompt
from tests.compression.tiny import tiny_thinker


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
