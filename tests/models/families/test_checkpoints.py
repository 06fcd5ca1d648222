"""Checkpoints of every family: complete, or refused by name; wherever they are put."""

import pytest
import torch
from safetensors.torch import load_file, save_file

from amarathon.compression import compress
from amarathon.compression.hooks import decoder_layers
from amarathon.doctor.recording import noise, questions
from amarathon.errors import ModelError
from amarathon.generation.outcome import Outcome
from amarathon.generation.sweep import sweep
from amarathon.models import checkpoint, load_model
from amarathon.models.checkpoint import is_spread
from tests.models.families.published import published
from tests.models.families.tiny import TINY, tiny

families = pytest.mark.parametrize("family", TINY)
WEIGHTS = "model.safetensors"


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Each family's tiny model as a checkpoint folder."""
    root = tmp_path_factory.mktemp("checkpoints")
    for family in TINY:
        published(tiny(family), root / family)
    return root


def changed(folder, into, change):
    """A copy of a checkpoint whose weights went through `change`."""
    weights = change(load_file(folder / WEIGHTS))
    into.mkdir()
    for file in folder.iterdir():
        if file.name != WEIGHTS:
            (into / file.name).write_bytes(file.read_bytes())
    save_file(weights, into / WEIGHTS, metadata={"format": "pt"})
    return str(into)


def a_decoder_weight(weights):
    return sorted(
        name
        for name in weights
        if name.endswith("layers.1.mlp.down_proj.weight")
        or (
            "layers.1." in name
            and name.endswith("o_proj.weight")
            and "tower" not in name
            and "audio" not in name
        )
    )[0]


@families
def test_missing_weights_are_refused_by_name(family, folders, tmp_path):
    gone = []

    def change(weights):
        gone.append(a_decoder_weight(weights))
        return {name: weight for name, weight in weights.items() if name != gone[0]}

    with pytest.raises(
        ModelError, match=r"lacks 1 of the model's weights, the first one .*layers\.1\."
    ) as refused:
        load_model(changed(folders / family, tmp_path / "gap", change), device="cpu")
    assert "\n" not in str(refused.value)


@families
def test_a_missing_audio_encoder_is_refused(family, folders, tmp_path):
    def change(weights):
        return {
            name: weight
            for name, weight in weights.items()
            if not any(part in name for part in ("audio_tower", "audio_embed", "embed_audio", "encoder."))
        }

    with pytest.raises(ModelError, match=r"of the model's weights, the first one .*(audio|encoder)"):
        load_model(changed(folders / family, tmp_path / "deaf", change), device="cpu")


@families
def test_weights_of_other_shapes_are_refused_by_name(family, folders, tmp_path):
    def change(weights):
        name = a_decoder_weight(weights)
        return {**weights, name: torch.zeros(3, 5)}

    with pytest.raises(ModelError, match=r"1 weights of other shapes .*layers\.1\..*: \(3, 5\), not \("):
        load_model(changed(folders / family, tmp_path / "odd", change), device="cpu")


def test_a_head_that_is_the_embeddings_own_is_not_missing(folders, tmp_path):
    tied = folders / "qwen2_5_omni"
    assert not any("lm_head" in name for name in load_file(tied / WEIGHTS))
    read = load_model(str(tied), device="cpu")
    assert read.model.lm_head.weight is read.model.get_input_embeddings().weight

    def without_head(weights):
        return {name: weight for name, weight in weights.items() if "lm_head" not in name}

    with pytest.raises(ModelError, match=r"lacks 1 .*lm_head\.weight"):
        load_model(changed(folders / "voxtral", tmp_path / "headless", without_head), device="cpu")


@pytest.mark.parametrize("kind", ["sdpa", "eager"])
def test_attention_is_chosen_at_loading(kind, folders):
    names = ["qwen2_audio", *(name for name in TINY if name.startswith("gemma"))]
    for name in ("small-untrained", *(str(folders / name) for name in names)):
        read = load_model(name, device="cpu", attn_implementation=kind)
        assert read.model.config.get_text_config(decoder=True)._attn_implementation == kind


def test_attention_that_is_not_there_is_a_sentence(folders):
    for name in ("small-untrained", str(folders / "qwen2_audio")):
        with pytest.raises(ModelError, match="attention") as refused:
            load_model(name, device="cpu", attn_implementation="no_such_attention")
        assert "\n" not in str(refused.value)


def replies(lm, names, shared):
    events = sweep(lm, noise(2.2), questions()[0], names, max_new_tokens=6, shared=shared)
    return {
        one.configuration: (one.reply, one.error, one.kept_indices)
        for one in events
        if isinstance(one, Outcome)
    }


NAMES = ["vanilla", "dart@0.5", "fastv@0.6+snapkv@0.5:window=8,kernel=3", "frame@0.6", "pool@2+tova@0.5"]


def test_a_model_that_is_spread_by_a_map_gives_the_same_replies(folders, tmp_path):
    """Layers on the CPU, the rest on a disk: transformers' own `device_map`."""
    folder = folders / "qwen2_audio"
    whole = load_model(str(folder), device="cpu")
    names = {module: name for name, module in whole.model.named_modules()}
    layers = [names[layer] for layer in decoder_layers(whole.model)]
    device_map = {name: "cpu" if number % 2 else "disk" for number, name in enumerate(layers)}
    for module, name in names.items():
        if not name.startswith(tuple(layers)) and not list(module.children()):
            device_map[name] = "cpu"
    read = load_model(str(folder), device_map=device_map)
    assert is_spread(read.model)
    assert set(read.identity.device.split(", ")) == {"cpu", "disk"}
    assert read.device == torch.device("cpu")
    assert any(weight.is_meta for weight in read.model.parameters())
    for shared in (False, True):
        assert replies(read, NAMES, shared) == replies(whole, NAMES, shared)
    inputs = whole.forward_inputs(whole.prompt(noise(2.2), questions()[0]))
    with compress(whole.model, NAMES[2]):
        expected = whole.model.generate(**inputs, max_new_tokens=6)
    with compress(read.model, NAMES[2]):
        assert torch.equal(read.model.generate(**inputs, max_new_tokens=6), expected)


def test_a_map_and_a_device_are_not_both_taken(folders):
    with pytest.raises(ModelError, match="a device or a device_map, not both"):
        load_model(str(folders / "voxtral"), device="cpu", device_map="auto")
    assert load_model(str(folders / "voxtral"), device_map="cpu").identity.device == "cpu"
    assert load_model(str(folders / "voxtral"), device_map="auto").device.type in ("cpu", "cuda")


def test_memory_is_looked_at_on_every_device_and_on_the_host(folders, monkeypatch):
    free = {"cuda:0": 10_000, "cuda:1": 20_000, "cpu": 30_000}
    monkeypatch.setattr(checkpoint, "available_memory", lambda device: free[device])
    found = checkpoint.find_checkpoint(str(folders / "voxtral"))
    with pytest.raises(ModelError, match=r"weights on cuda:0, where 0\.0 GB are free"):
        checkpoint.check_memory(found, ("",), 4, "cuda:0")
    with pytest.raises(ModelError, match="weights on cuda:1, cpu, where"):
        checkpoint.check_memory(found, ("",), 4, "", {"a": 1, "b": "cpu"})
    free["cuda:0"] = 10**9
    with pytest.raises(ModelError, match="of the host's memory for its largest weight"):
        checkpoint.check_memory(found, ("",), 4, "cuda:0")
    free["cpu"] = 10**9
    checkpoint.check_memory(found, ("",), 4, "cuda:0")


@families
def test_features_are_made_on_the_models_device(family, monkeypatch):
    """Not on the first GPU, whichever the model is on."""
    lm = tiny(family)
    devices = []
    kind = type(lm.feature_extractor)
    real = kind.__call__

    def listening(self, *args, **more):
        devices.append(more.get("device"))
        return real(self, *args, **more)

    monkeypatch.setattr(kind, "__call__", listening)
    monkeypatch.setattr(type(lm), "device", torch.device("cpu", 0))
    lm.prompt(noise(1.0), questions()[0])
    # The extractors of Gemma know no devices.
    assert devices == [None if family.startswith("gemma") else "cpu:0"]
