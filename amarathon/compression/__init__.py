"""Token pruning and cache eviction around a model's plain ``generate``.

A block around a call of the model's own::

    with compress(model, "frame@0.6") as report:
        model.generate(**inputs)
    report.kept_spans
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from amarathon.compression.configuration import Configuration, parse_configurations
from amarathon.compression.methods import METHODS, Method
from amarathon.compression.report import CompressionReport
from amarathon.compression.seeding import recording_seed
from amarathon.errors import ConfigurationError

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

__all__ = ["METHODS", "CompressionReport", "Configuration", "compress", "parse_configurations"]


@contextmanager
def compress(
    model: "PreTrainedModel | Any",
    configuration: str | Configuration | Method,
    *,
    audio_positions: "torch.Tensor | None" = None,
    seed: int = 0,
    recording: str | None = None,
) -> Iterator[CompressionReport]:
    """Compress a transformers model's long audio prompts inside a ``with`` block.

    The model belongs to the thread that opened the block: it is called there, and refuses other threads
    until the block ends.

    Parameters
    ----------
    model : PreTrainedModel
        Of a supported family; see `amarathon.models.families`. Its files are untouched. What wraps
        one (peft, ``torch.compile``, a module of one's own, a whole Omni model) is taken too.
    configuration : str, Configuration or Method
        E.g. ``"frame@0.6"``, ``"fastv@0.3:layer=2"``, ``"frame@0.6+snapkv@0.5"``; or a method of one's own,
        e.g. ``Loudest(Fraction("0.6"))``, which needs no name in any registry.
    audio_positions : Tensor of shape (N,), optional
        Where the audio tokens are, for calls with ``inputs_embeds``.
    seed : int
        Of random methods.
    recording : str, optional
        What names the recording, for example its id: mixed into the seed, so that two recordings of one
        length do not keep the same tokens. By default a digest of the features, or of the embeddings of the
        audio, that the model reads; it differs where another device or precision made them.

    Yields
    ------
    CompressionReport
        Filled in by each prefill inside the block.

    Raises
    ------
    ConfigurationError
        If the configuration's name does not parse, or does not fit the model.
    ModelError
        If the model is of no supported family, or inside another block; inside the block, for what
        `amarathon.compression.strategies` and `amarathon.compression.forwards` do not take.
    """
    from amarathon.compression.audio_positions import AudioPositions
    from amarathon.compression.compressor import Compressor
    from amarathon.compression.target import compressible
    from amarathon.models.families import family_of

    parsed = _parsed(configuration)
    if family_of(compressible(model).config.model_type).reads_by == "cross-attention":
        from amarathon.compression.cross_attention import CrossCompressor

        if recording is not None:
            seed = recording_seed(seed, recording)
        with CrossCompressor(model, parsed, seed, mix_audio=recording is None).attached() as report:
            yield report
        return
    if parsed.pooling is not None:
        raise ConfigurationError(
            f"{parsed.pooling.name} acts before the language model, where a prompt is already laid out; "
            "use amarathon.sweep."
        )
    positions = None if audio_positions is None else AudioPositions.plain(audio_positions)
    if recording is not None:
        seed = recording_seed(seed, recording)
    compressor = Compressor(model, parsed, positions, seed, mix_audio=recording is None)
    try:
        with compressor.attached() as report:
            yield report
    finally:
        compressor.block.open = False


def _parsed(configuration: str | Configuration | Method) -> Configuration:
    if isinstance(configuration, Method):
        return Configuration.of(configuration)
    if isinstance(configuration, str):
        return Configuration.parse(configuration)
    if not isinstance(configuration, Configuration):
        kind = type(configuration).__name__
        raise ConfigurationError(f"A configuration is a name such as frame@0.6 or a method, not {kind}.")
    return configuration
