"""Which checks a checkpoint that reads audio by cross-attention goes through."""

from collections.abc import Iterator

from amarathon.compression import METHODS, Configuration, compress
from amarathon.doctor import cross_checks
from amarathon.doctor.checks import Case
from amarathon.doctor.recording import noise
from amarathon.errors import ConfigurationError
from amarathon.models.open_model import OpenModel
from amarathon.tasks import TASKS

# Of pairs, evictions read what pruning left.
COMPOSED = ("frame@0.6+snapkv@0.5", "fastv@0.6+knorm@0.5")


def cases(lm: OpenModel, seconds: float | None) -> Iterator[Case | tuple[str, str]]:
    """A case for each method, or its name and why this model refuses it."""
    piece = lm.piece_s or 30.0
    # One window, with padding behind the sound.
    audio, messages = noise(min(seconds or 0.7 * piece, piece)), TASKS["ASR"].free_messages("", [])
    # What becomes one row of several has no mask that says the same; the budgets' tests hold those.
    names = [
        f"{name}@0.6" for name, method in METHODS.items() if method.amount_kind == "ratio" and name != "atome"
    ]
    for name in (*names, *COMPOSED):
        configuration = Configuration.parse(name)
        try:
            with compress(lm.model, configuration):
                pass
        except ConfigurationError as error:
            yield name, str(error)
        else:
            yield Case(audio, messages, configuration)


CHECKS = {"steps": cross_checks.steps, "ratio 0": cross_checks.nothing_removed}
