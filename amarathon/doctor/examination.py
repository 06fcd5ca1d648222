"""Which checks a checkpoint goes through, and what they found."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Literal

from amarathon.compression import METHODS, Configuration
from amarathon.compression.layer_plan import LayerPlan
from amarathon.doctor import checks, cross_examination
from amarathon.doctor.attention import attention_implementation
from amarathon.doctor.checks import AGAINST_MASKS, Case, Check
from amarathon.doctor.recording import noise, questions
from amarathon.errors import AmarathonError, ConfigurationError, first_line
from amarathon.models.open_model import OpenModel

COMPOSED = (
    "frame@0.9:layer=1",
    "frame@0.6+snapkv@0.5:window=8,kernel=3",
    "random@0.3+knorm@0.4:scope=audio",
    "pool@2+frame@0.3+tova@0.5",
)
# What a model's own code may raise where a fault makes shapes or positions disagree.
FAULTS = (AmarathonError, RuntimeError, ValueError, TypeError, IndexError, KeyError, AttributeError)
# Long enough that the encoder works in several pieces, whatever the family.
PROMPT_S = 41.0


@dataclass(frozen=True)
class Finding:
    """What one check found.

    Attributes
    ----------
    configuration : str
    check : str
        ``"prompt"``, ``"ratio 0"``, ``"steps"``, ``"generate"``, ``"own loop"``, ``"turn"`` or
        ``"shared"``.
    attention : str
        ``"sdpa"`` or ``"eager"``.
    verdict : {"passed", "failed", "undefined"}
        Undefined is what this model refuses, with the reason in `detail`.
    difference : float or None
        The largest difference of two logits, in standard deviations of the logits.
    kept_tokens, audio_tokens : int or None
    cache_share : float or None
        Of the compressed cache, where the check has one.
    detail : str
        One sentence where it did not pass.
    """

    configuration: str
    check: str
    attention: str
    verdict: Literal["passed", "failed", "undefined"]
    difference: float | None = None
    kept_tokens: int | None = None
    audio_tokens: int | None = None
    cache_share: float | None = None
    detail: str = ""


def examine(lm: OpenModel, seconds: float | None = None) -> Iterator[Finding]:
    """Run every check on a model, one after the other.

    Parameters
    ----------
    lm : OpenModel
        In float32: in a shorter dtype rankings by attention may differ by rounding alone.
    seconds : float, optional
        Of the longer recording; by default a little more than one piece of the encoder.

    Yields
    ------
    Finding
    """
    if lm.family.reads_by == "cross-attention":
        yield from _by_cross_attention(lm, seconds)
        return
    longer = seconds or (6.0 if lm.piece_s is None else 1.2 * lm.piece_s)
    first, second = questions()
    for kind in ("sdpa", "eager"):
        for length, question in ((min(PROMPT_S, lm.max_audio_s), first), (longer / 2, second)):
            yield _run(lm, "prompt", checks.own_prompt, Case(noise(length), question, Configuration()), kind)
    for configuration in (Configuration(), *_methods(lm)):
        if isinstance(configuration, Finding):
            yield configuration
            continue
        yield from _examined(lm, Case(noise(longer), first, configuration))
    for name in COMPOSED:
        case = Case(noise(longer / 2), second, Configuration.parse(name))
        for kind in ("sdpa", "eager"):
            yield _run(lm, "steps", checks.steps, case, kind)
        yield _run(lm, "shared", checks.shared_run, case, "sdpa")


def _by_cross_attention(lm: OpenModel, seconds: float | None) -> Iterator[Finding]:
    for case in cross_examination.cases(lm, seconds):
        if not isinstance(case, Case):
            yield Finding(case[0], "steps", "sdpa", "undefined", detail=case[1])
            continue
        name = case.configuration.name
        for kind in ("sdpa", "eager"):
            yield _run(lm, "steps", cross_examination.CHECKS["steps"], case, kind)
            if len(case.configuration.steps) == 1:
                yield _run(lm, "ratio 0", cross_examination.CHECKS["ratio 0"], _at_ratio_0(case), kind, name)


def _methods(lm: OpenModel) -> Iterator[Configuration | Finding]:
    """Each method of the registry as the model takes it, with what it refuses before."""
    plan = LayerPlan.of(lm.model.config)
    for name, method in METHODS.items():
        plain = Configuration.parse(f"{name}@{2 if method.amount_kind == 'factor' else 0.6}")
        layers = range(1, plan.latest_pruning + 1) if plain.pruning is not None else ()
        tried = (plain, *(Configuration.parse(f"{plain.name}:layer={layer}") for layer in layers))
        for configuration in tried:
            try:
                plan.check(configuration)
            except ConfigurationError as error:
                if configuration is plain:
                    yield Finding(plain.name, "steps", "sdpa", "undefined", detail=str(error))
                continue
            yield configuration
            break


def _examined(lm: OpenModel, case: Case) -> Iterator[Finding]:
    configuration = case.configuration
    for kind in ("sdpa", "eager"):
        if configuration.steps and configuration.steps[0].amount_kind == "ratio":
            yield _run(lm, "ratio 0", checks.nothing_removed, _at_ratio_0(case), kind, configuration.name)
        yield _run(lm, "steps", checks.steps, case, kind)
    if configuration.pooling is None:
        # Behind a pruned prompt, layers with windows read one token at a time.
        one_by_one = configuration.pruning is not None and any(LayerPlan.of(lm.model.config).windows)
        # So do heads that hold different numbers of tokens.
        one_by_one |= configuration.eviction is not None and configuration.eviction.safeguard is not None
        for check in ("generate", "own loop") if one_by_one else ("generate", "own loop", "turn"):
            yield _run(lm, check, AGAINST_MASKS[check], case, "sdpa")
    yield _run(lm, "shared", checks.shared_run, case, "sdpa")


def _at_ratio_0(case: Case) -> Case:
    (step,) = case.configuration.steps
    layer = getattr(step, "layer", None)
    name = f"{step.name}@0" if layer is None else f"{step.name}@0:layer={layer}"
    return Case(case.audio, case.messages, Configuration.parse(name))


def _run(lm: OpenModel, name: str, check: Check, case: Case, kind: str, row: str | None = None) -> Finding:
    configuration = row or case.configuration.name
    try:
        with attention_implementation(lm.model, kind):
            found = check(lm, case).within()
    except FAULTS as error:
        return Finding(configuration, name, kind, "failed", detail=first_line(error))
    return Finding(configuration, name, kind, "passed", **asdict(found))
