"""Which configurations have a meaning on a model that reads audio by cross-attention."""

from amarathon.compression.configuration import Configuration
from amarathon.compression.lora_cards import NO_ADAPTER
from amarathon.compression.methods.headrouter import UNCALIBRATED
from amarathon.compression.window_work import acts_on_rows
from amarathon.errors import ConfigurationError
from amarathon.models.family import Family


def check_cross_attention(configuration: Configuration, family: Family, layers: int) -> None:
    """Refuse what has no meaning where audio is read by cross-attention.

    Parameters
    ----------
    configuration : Configuration
    family : Family
    layers : int
        Of the decoder.

    Raises
    ------
    ConfigurationError
    """
    pruning, pooling = configuration.pruning, configuration.pooling
    name = configuration.name
    if pooling is not None and pooling.lora != NO_ADAPTER:
        raise ConfigurationError(
            f"{name}: adapters for fewer tokens are learned from questions, and {family.title} only writes "
            "down what is said; leave out lora=."
        )
    if getattr(pruning, "profile", UNCALIBRATED) != UNCALIBRATED:
        raise ConfigurationError(
            f"{name}: head profiles are learned from questions, and {family.title} only writes down what is "
            "said; leave out profile=."
        )
    eviction = configuration.eviction
    if eviction is not None and (eviction.safeguard is not None or eviction.moments is not None):
        raise ConfigurationError(
            f"{name}: {eviction.name} is made for a prompt that attends to itself, and {family.title} reads "
            "audio by cross-attention; choose another eviction, for example snapkv."
        )
    if pruning is None:
        return
    if pruning.is_released:
        raise ConfigurationError(
            f"{name}: the paper's released code does not prune {family.title}; leave out span=released."
        )
    if acts_on_rows(pruning):
        if pruning.layer != type(pruning).layer:
            raise ConfigurationError(
                f"{name}: {family.title} reads audio by cross-attention, so {pruning.name} acts before the "
                "decoder; leave out layer=."
            )
    elif pruning.layer >= layers:
        raise ConfigurationError(
            f"{name}: the decoder has {layers} layers, so pruning acts at layer {layers - 1} at the latest."
        )
