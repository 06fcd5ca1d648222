"""Which encoders can be asked: one line each, or any model of `transformers` by ``hf:ID``."""

from collections.abc import Callable
from dataclasses import dataclass

from amarathon.errors import ConfigurationError
from amarathon.psychoacoustics.encoder import NOT_IN_TRANSFORMERS, Encoder, not_in_transformers

AUTO_PREFIX = "hf:"


@dataclass(frozen=True)
class EncoderEntry:
    """An encoder of the registry.

    Attributes
    ----------
    name : str
    about : str
    open : callable
        Makes it, at a layer; None is its last.
    """

    name: str
    about: str
    open: Callable[[int | None], Encoder]


def _log_mel(layer: int | None) -> Encoder:
    from amarathon.psychoacoustics.references import LogMel

    return LogMel()


def _gcc_phat(fresh: bool) -> Callable[[int | None], Encoder]:
    def opened(layer: int | None) -> Encoder:
        from amarathon.psychoacoustics.references import GccPhat

        return GccPhat(fresh=fresh)

    return opened


def _difference(layer: int | None) -> Encoder:
    from amarathon.psychoacoustics.references import Difference

    return Difference()


def _net(kind: str) -> Callable[[int | None], Encoder]:
    def opened(layer: int | None) -> Encoder:
        from amarathon.psychoacoustics.nets import open_net

        return open_net(kind)

    return opened


def _whisper(layer: int | None) -> Encoder:
    from amarathon.models.fetched import FETCHED
    from amarathon.psychoacoustics.transformer_encoders import open_folder

    FETCHED["whisper"].check_fetched()
    return open_folder(
        FETCHED["whisper"].folder, "whisper-tiny.en", layer, licence=FETCHED["whisper"].package.licence
    )


ENCODERS: dict[str, EncoderEntry] = {
    entry.name: entry
    for entry in (
        EncoderEntry("log-mel", "Means of 64 log-mel bands; one ear at a time.", _log_mel),
        EncoderEntry(
            "gcc-phat",
            "Generalised cross-correlation with phase transform over lags of 1 ms, each ear with "
            "internal noise at -30 dB, the same samples for all sounds: the positive control, whose height "
            "that noise sets.",
            _gcc_phat(False),
        ),
        EncoderEntry(
            "gcc-phat-fresh",
            "The same with internal noise drawn anew for each sound, as in a listener.",
            _gcc_phat(True),
        ),
        EncoderEntry(
            "difference",
            "Left minus right, powers of 64 mel bands: cancellation without internal noise, the ceiling.",
            _difference,
        ),
        EncoderEntry(
            "net-ipd",
            "A small net trained here to tell azimuths from levels and interaural phases: a stand-in for "
            "spatial encoders, none of whose weights come with this package.",
            _net("ipd"),
        ),
        EncoderEntry("net-levels", "The same net without interaural phases: a stand-in.", _net("levels")),
        EncoderEntry(
            "whisper", "Whisper tiny.en's encoder, once `amarathon models fetch whisper` has run.", _whisper
        ),
    )
}


def open_encoder(name: str, layer: int | None = None) -> Encoder:
    """Open an encoder by the name of the registry, or a model of `transformers`.

    Parameters
    ----------
    name : str
        A key of `ENCODERS`, or ``hf:`` and a folder or an ID on the Hub.
    layer : int, optional
        Which hidden layer; 0 is the embeddings, -1 the last. Only models of `transformers` have them.

    Raises
    ------
    ConfigurationError
        There is no such encoder, or it has no layers.
    ModelError
        Its weights are not there, or it is not one that can be asked.
    """
    if name.startswith(AUTO_PREFIX):
        from amarathon.psychoacoustics.transformer_encoders import open_hub

        return open_hub(name.removeprefix(AUTO_PREFIX), layer)
    if name.lower() in NOT_IN_TRANSFORMERS:
        raise not_in_transformers(NOT_IN_TRANSFORMERS[name.lower()])
    if name not in ENCODERS:
        raise ConfigurationError(
            f"There is no encoder {name!r}; there are {', '.join(ENCODERS)}, and {AUTO_PREFIX}ID for a "
            "model of transformers."
        )
    if layer is not None and name != "whisper":
        raise ConfigurationError(f"{name} has one layer only; leave --layer out.")
    return ENCODERS[name].open(layer)
