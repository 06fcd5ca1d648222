"""Loading by name: every way it can go wrong is one sentence, said before work starts."""

import json
import shutil
import subprocess
import sys
import warnings

import httpx
import pytest
import torch
from huggingface_hub.errors import GatedRepoError, LocalEntryNotFoundError, RepositoryNotFoundError

from amarathon.errors import ModelError, ModelWarning
from amarathon.models import checkpoint, load_model
from amarathon.models.dtypes import choose_dtype
from amarathon.models.small import NOTICE
from amarathon.models.small.build import train_tokenizer
from amarathon.models.small.recipe import SPECIAL_TOKENS, tokenizer


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The small model as its script writes it."""
    folder = tmp_path_factory.mktemp("models") / "small"
    subprocess.run([sys.executable, "-m", "amarathon.models.small.build", str(folder)], check=True)
    return folder


def test_random_weights_say_that_they_are_untrained():
    identity = load_model("small-untrained").identity
    assert (identity.name, identity.notice, identity.untrained) == ("small-untrained", NOTICE, True)
    assert 13e6 < identity.parameters < 15e6
    assert load_model("small-untrained").identity.revision == identity.revision


def test_a_written_folder_loads_as_the_same_model(written):
    small, read = load_model("small-untrained"), load_model(str(written))
    assert read.identity.parameters == small.identity.parameters
    assert checkpoint.parameter_hash(read.model) == checkpoint.parameter_hash(small.model)
    assert read.stop_token_ids == small.stop_token_ids
    assert len(read.tokenizer) == len(small.tokenizer)


def test_every_label_and_letter_is_cheap_to_say():
    made = tokenizer()
    assert made.decode(made("Ünïcödé, 日本 🎧")["input_ids"]) == "Ünïcödé, 日本 🎧"
    assert [made.convert_tokens_to_ids(token) for token in SPECIAL_TOKENS] == list(range(len(SPECIAL_TOKENS)))
    for letter in "ABCDE":
        assert len(made(letter)["input_ids"]) == 1


def test_training_the_tokenizer_is_repeatable():
    assert train_tokenizer().to_str() == train_tokenizer().to_str()


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("qwen", "neither small, nor a folder here, nor a Hub id"),
        ("../../etc/passwd", "neither small"),
        ("", "neither small"),
        ("a/b/c", "neither small"),
    ],
)
def test_a_name_that_means_nothing(name, says):
    with pytest.raises(ModelError, match=says):
        load_model(name)


def raising(error):
    def download(*_args, **_kwargs):
        raise error

    return download


RESPONSE = httpx.Response(404, request=httpx.Request("GET", "https://hub.invalid"))


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (RepositoryNotFoundError("x", response=RESPONSE), "no model org/name on the Hub, or it is private"),
        (GatedRepoError("x", response=RESPONSE), "gated: accept its terms"),
        (LocalEntryNotFoundError("x"), "the Hub cannot be reached"),
        (OSError(28, "No space left on device"), "No space left on device"),
    ],
)
def test_what_the_hub_answers_is_a_sentence(error, says, monkeypatch):
    monkeypatch.setattr("huggingface_hub.hf_hub_download", raising(error))
    with pytest.raises(ModelError, match=says):
        load_model("org/name")


@pytest.mark.parametrize(
    ("model_type", "says"),
    [
        ("bark", "'bark' are not supported; supported are: Qwen2.5-Omni"),
        ("phi4mm", "remote code, which is never run; .* at revision refs/pr/70"),
    ],
)
def test_weights_are_not_downloaded_of_what_cannot_be_run(model_type, says, monkeypatch, tmp_path):
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"model_type": model_type}), encoding="utf-8")
    monkeypatch.setattr("huggingface_hub.hf_hub_download", lambda *_args, **_more: str(config))
    monkeypatch.setattr("huggingface_hub.snapshot_download", raising(AssertionError("downloaded")))
    with pytest.raises(ModelError, match=says):
        load_model("org/name")


def test_no_network_is_a_sentence(monkeypatch, tmp_path):
    """The library's own code, against a port where nobody listens."""
    script = (
        "from amarathon.models import load_model\n"
        "from amarathon.errors import ModelError\n"
        "try:\n    load_model('org/name')\n"
        "except ModelError as error:\n    print(error)\n"
    )
    environment = {
        "HF_ENDPOINT": "http://127.0.0.1:9",
        "HF_HOME": str(tmp_path),
        "PATH": "",
        "HF_HUB_ETAG_TIMEOUT": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, timeout=3600
    )
    assert "org/name is not on this machine and the Hub cannot be reached" in done.stdout


def test_folders_that_are_no_checkpoint(tmp_path, written):
    with pytest.raises(ModelError, match=r"no checkpoint: config.json or \*.safetensors is missing"):
        load_model(str(tmp_path))
    broken = shutil.copytree(written, tmp_path / "broken")
    (broken / "config.json").write_text("{", encoding="utf-8")
    with pytest.raises(ModelError, match="cannot be read as JSON"):
        load_model(str(broken))
    (broken / "config.json").write_text(json.dumps({"model_type": "bark"}), encoding="utf-8")
    with pytest.raises(ModelError, match="'bark' are not supported"):
        load_model(str(broken))
    shutil.copy(written / "config.json", broken)
    (broken / "model.safetensors").write_bytes(b"not weights")
    with pytest.raises(ModelError, match=r"model.safetensors is not a safetensors file"):
        load_model(str(broken))
    shutil.copy(written / "model.safetensors", broken)
    (broken / "tokenizer.json").unlink()
    with pytest.raises(ModelError, match="broken could not be loaded"):
        load_model(str(broken))


def test_a_model_that_cannot_fit_is_refused_before_loading(written, monkeypatch):
    monkeypatch.setattr(checkpoint, "available_memory", lambda _device: 10_000_000)
    with pytest.raises(ModelError, match=r"needs 0.1 GB for its weights on cpu, where 0.0 GB are free"):
        load_model(str(written))


def test_devices_and_dtypes_that_are_not_there(written, monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    with pytest.raises(ModelError, match="no CUDA device"):
        load_model("small", device="cuda")
    with pytest.raises(ModelError, match="is not a dtype"):
        load_model(str(written), dtype="int4")
    with pytest.raises(ModelError, match="is not a dtype"):
        load_model("small", dtype="int4")


@pytest.mark.parametrize("name", ["small", "small-untrained", "written"])
def test_the_dtype_that_was_asked_for_is_at_work_and_recorded(written, name):
    found = str(written) if name == "written" else name
    assert load_model(found).identity.dtype == "float32"
    lm = load_model(found, dtype="bfloat16")
    assert {weight.dtype for weight in lm.model.parameters()} == {torch.bfloat16}
    assert lm.identity.dtype == "bfloat16"


def test_a_processor_without_instructions_for_a_dtype_is_named(monkeypatch):
    flags = {"avx512_f": True, "amx_bf16": False, "cpu_name": "bf16", "l2_cache_size": 1}
    monkeypatch.setattr("torch.cpu.get_capabilities", lambda: flags)
    with pytest.warns(ModelWarning, match="no instructions for bfloat16"):
        assert choose_dtype("bfloat16", "cpu") == torch.bfloat16
    flags["amx_bf16"] = True
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert choose_dtype("bfloat16", "cpu") == torch.bfloat16
        assert choose_dtype(None, "cpu") == torch.float32
        assert choose_dtype(None, "cuda:0") == torch.bfloat16
