"""The doctor's checks on the tiny models, held to more than the doctor holds a checkpoint to."""

from amarathon.compression import Configuration
from amarathon.doctor import checks
from amarathon.doctor.checks import Case
from amarathon.doctor.recording import noise, questions
from tests.models.families.tiny import TINY, tiny

TOLERANCE = 1e-3


def check(name, run, method, attention="sdpa", seconds=None, question=0, lm=None, new_tokens=4):
    """Run one check on a family's model; it raises where the check does not pass."""
    case = Case(
        noise(seconds or TINY[name].seconds[0]),
        questions()[question],
        Configuration.parse(method),
        new_tokens,
    )
    return getattr(checks, run)(lm or tiny(name, attention), case).within(TOLERANCE)
