"""LoRA adapters added to a model and removed again.

An adapter acts on the language model's attention projections, only while a configuration names it, e.g.
``pool@3:lora=mine``.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from amarathon.compression.lora_cards import NO_ADAPTER, WEIGHTS_FILE, AdapterCard, adapter_folder, load_card
from amarathon.errors import ConfigurationError, ModelError

if TYPE_CHECKING:
    from torch import nn

    from amarathon.compression.methods import PoolingMethod
    from amarathon.models.open_model import OpenModel

_ADAPTER_NAME = "default"  # peft's own name for the one adapter of a model


@contextmanager
def adapted(model: "OpenModel", pooling: "PoolingMethod | None") -> Iterator[None]:
    """Add the adapter that a pooling names to a model, for the time of a ``with`` block.

    Raises
    ------
    ConfigurationError
        If there is no such adapter, or it was made for other weights or another pooling.
    ModelError
        If peft is not installed, or the model has adapters already.
    """
    if pooling is None or pooling.lora == NO_ADAPTER:
        yield
        return
    card = load_card(pooling.lora)
    if card.shortening != pooling.plain_name:
        raise ConfigurationError(
            f"The LoRA adapter {card.name!r} was trained for {card.shortening}, not for {pooling.plain_name}."
        )
    load_lora(model, card)
    try:
        yield
    finally:
        remove_lora(model)


def load_lora(model: "OpenModel", card: AdapterCard) -> None:
    """Add a finished adapter to the model that it was trained upon; see `add_lora` and `remove_lora`.

    Raises
    ------
    ConfigurationError
        If it was trained upon other weights, or is damaged.
    """
    identity = model.identity
    if (card.model, card.revision) != (identity.name, identity.revision):
        raise ConfigurationError(
            f"The LoRA adapter {card.name!r} was trained upon {card.model} at {card.revision[:19]}, "
            f"not upon {identity.name} at {identity.revision[:19]}."
        )
    weights = _read_weights(card)
    add_lora(model, card.rank, card.alpha)
    try:
        load_weights(model, weights)
    except ConfigurationError:
        remove_lora(model)
        raise
    model.model.requires_grad_(False)


def _read_weights(card: AdapterCard) -> dict[str, Any]:
    from safetensors import SafetensorError
    from safetensors.torch import load

    try:
        content = (adapter_folder(card.name) / WEIGHTS_FILE).read_bytes()
        if hashlib.sha256(content).hexdigest() != card.weights_sha256:
            raise ConfigurationError(f"The weights of the LoRA adapter {card.name!r} are not its card's.")
        return dict(load(content))
    except (OSError, SafetensorError) as error:
        raise ConfigurationError(f"The LoRA adapter {card.name!r} is damaged.") from error


def add_lora(model: "OpenModel", rank: int, alpha: int) -> None:
    """Give a model a fresh adapter: the identity, until it is trained or loaded.

    Raises
    ------
    ModelError
        If peft is not installed, or the model has adapters already.
    """
    try:
        from peft import LoraConfig, inject_adapter_in_model
    except ModuleNotFoundError as error:
        raise ModelError('LoRA adapters need peft: pip install "amarathon[lora]".') from error
    if _adapter_layers(model.model):
        raise ModelError(f"{model.identity.name} has adapters of its own, so it takes no other.")
    config = LoraConfig(r=rank, lora_alpha=alpha, target_modules=_projections(model))
    inject_adapter_in_model(config, model.model, adapter_name=_ADAPTER_NAME)
    # What was injected is in training mode; nothing else is.
    model.model.eval()


def remove_lora(model: "OpenModel") -> None:
    """Bring back the model as it was before `add_lora`."""
    for name, layer in _adapter_layers(model.model).items():
        model.model.set_submodule(name, layer.get_base_layer())
    del model.model.peft_config


def merge(model: "OpenModel") -> None:
    """Add the adapter to the weights that it acts on, for good."""
    for layer in _adapter_layers(model.model).values():
        layer.merge()
    remove_lora(model)


def adapter_weights(model: "OpenModel") -> dict[str, Any]:
    """The adapter's tensors, by peft's names."""
    from peft import get_peft_model_state_dict

    found = get_peft_model_state_dict(model.model, adapter_name=_ADAPTER_NAME)
    return {name: tensor.detach().cpu().contiguous() for name, tensor in found.items()}


def load_weights(model: "OpenModel", weights: dict[str, Any]) -> None:
    """Fill the adapter that is on a model.

    Raises
    ------
    ConfigurationError
        If the tensors are not those of such an adapter.
    """
    from peft import set_peft_model_state_dict

    own = adapter_weights(model)
    if {name: tensor.shape for name, tensor in own.items()} != {
        name: tensor.shape for name, tensor in weights.items()
    }:
        raise ConfigurationError("The adapter's weights do not fit the model's layers.")
    set_peft_model_state_dict(model.model, weights, adapter_name=_ADAPTER_NAME)


def write_configuration(model: "OpenModel", folder: Path) -> None:
    """Write peft's own description of the adapter on a model."""
    model.model.peft_config[_ADAPTER_NAME].save_pretrained(folder)


def _adapter_layers(root: "nn.Module") -> dict[str, Any]:
    from peft.tuners.tuners_utils import BaseTunerLayer

    return {name: module for name, module in root.named_modules() if isinstance(module, BaseTunerLayer)}


def _projections(model: "OpenModel") -> list[str]:
    """Names of the linear layers in the decoder's attention."""
    from torch import nn

    from amarathon.compression.hooks import attention_of, decoder_layers

    projections = {
        module
        for layer in decoder_layers(model.model)
        for module in attention_of(layer).modules()
        if isinstance(module, nn.Linear)
    }
    return [name for name, module in model.model.named_modules() if module in projections]
