"""A copy of a model that is being compressed would keep the hooks: copies are made before or after."""

import copy
import io
import pickle

import pytest
import torch

from amarathon.compression import compress
from amarathon.errors import ConfigurationError, ModelError
from tests.compression.replies import check_generated, generated, prepared_prompt
from tests.models.whisper.tiny import tiny_whisper

COPIES = {
    "copied": copy.deepcopy,
    "pickled": pickle.dumps,
    "saved whole": lambda model: torch.save(model, io.BytesIO()),
}


# By attention, which replaces a module's configuration, and by hooks alone.
@pytest.mark.parametrize("name", ["fastv@0.6+snapkv@0.5:window=8,kernel=3", "frame@0.6", "knorm@0.5"])
@pytest.mark.parametrize("way", COPIES)
def test_a_model_is_not_copied_inside_a_block(name, way):
    lm, _, inputs, _ = prepared_prompt()
    plain = generated(lm.model, inputs)[0]
    with compress(lm.model, name), pytest.raises(ModelError, match="leave it first"):
        COPIES[way](lm.model)
    assert torch.equal(generated(copy.deepcopy(lm.model), inputs)[0], plain)


def test_a_model_that_transcribes_is_not_either():
    model = tiny_whisper().model
    with compress(model, "frame@0.6"), pytest.raises(ModelError, match="leave it first"):
        copy.deepcopy(model)


@pytest.mark.parametrize("given", [None, ["frame@0.6"], 0.6, {"frame": 0.6}])
def test_what_is_no_configuration_is_refused_by_its_kind(given):
    lm, *_ = prepared_prompt()
    with (
        pytest.raises(ConfigurationError, match=r"not (NoneType|list|float|dict)"),
        compress(lm.model, given),
    ):
        pass


def test_weights_are_saved_and_read_inside_a_block(tmp_path):
    lm, _, inputs, _ = prepared_prompt()
    with compress(lm.model, "fastv@0.6+snapkv@0.5:window=8,kernel=3"):
        lm.model.save_pretrained(tmp_path)
        read = type(lm.model).from_pretrained(tmp_path)
        check_generated(lm.model, inputs)
    read.generation_config = lm.model.generation_config
    assert torch.equal(generated(read, inputs)[0], generated(lm.model, inputs)[0])
