"""Which probes there are: simple classifiers over frozen embeddings; one file each, one line here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from amarathon.errors import ConfigurationError
from amarathon.probes.classifiers.fitted import Fitted, Material
from amarathon.probes.classifiers.knn import centred_neighbours, neighbours, xares_neighbours
from amarathon.probes.classifiers.logistic import logistic
from amarathon.probes.classifiers.mlp import mlp
from amarathon.probes.classifiers.xares_linear import xares_linear


@dataclass(frozen=True)
class Probe:
    """A classifier.

    Attributes
    ----------
    name, title : str
    fit : callable
        Takes a `Material`, learns from its training split, chooses on its validation split, and says
        what it takes the test split for.
    """

    name: str
    title: str
    fit: Callable[[Material], Fitted]


PROBES: Mapping[str, Probe] = {
    probe.name: probe
    for probe in (
        Probe("knn", "10 nearest neighbours, cosine, T = 0.07", neighbours),
        Probe("knn-centred", "The same after the training mean is taken away", centred_neighbours),
        Probe("logistic", "Logistic regression, L2 chosen on validation", logistic),
        Probe("mlp", "One hidden layer of 256, rate and step chosen on validation", mlp),
        Probe("xares-knn", "X-ARES' neighbours, as its code has them", xares_neighbours),
        Probe("xares-linear", "X-ARES' 'MLP': LayerNorm and one linear layer, ten epochs", xares_linear),
    )
}
# What a protocol takes its figures from.
PROTOCOLS: Mapping[str, tuple[str, ...]] = {
    "ours": ("knn", "knn-centred", "logistic", "mlp"),
    "xares": ("xares-knn", "xares-linear"),
}


def probes_of(protocol: str) -> tuple[Probe, ...]:
    """The probes of a protocol.

    Raises
    ------
    ConfigurationError
        There is no such protocol.
    """
    if protocol not in PROTOCOLS:
        raise ConfigurationError(f"There is no protocol {protocol!r}; there are {', '.join(PROTOCOLS)}.")
    return tuple(PROBES[name] for name in PROTOCOLS[protocol])
