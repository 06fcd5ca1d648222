"""Which attention a model computes."""

from typing import Any

from transformers import PreTrainedModel


def set_attention(model: Any, name: str) -> None:
    """Choose a model's attention; a part that has only one of its own, as Gemma 4's encoder, is left.

    Parameters
    ----------
    model : PreTrainedModel
    name : str
        As transformers names it.

    Raises
    ------
    ValueError, ImportError
        If the model cannot use it.
    """
    with_a_choice = {
        id(module.config)
        for module in model.modules()
        if isinstance(module, PreTrainedModel) and module._supports_sdpa
    }
    parts = [part for part in model.config.sub_configs if id(getattr(model.config, part)) in with_a_choice]
    model.set_attn_implementation({"": name, **dict.fromkeys(parts, name)})
