"""A configuration: what is done to the model, under a short name that parses back.

The grammar is ``vanilla`` or steps joined by ``+``; a step is ``name@amount`` with optional
``:parameter=value,parameter=value``. The amount is the share that is **removed** (for pooling and
downsampling the factor): ``frame@0.6`` keeps 40% of the audio tokens. Steps act in the order
before the language model, pruning, eviction; the canonical name lists them so and leaves out
parameters that have their default value.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, Literal, get_args, get_origin, get_type_hints

from amarathon.compression.methods import METHODS, EvictionMethod, Method, PoolingMethod, PruningMethod
from amarathon.compression.methods.base import STAGES
from amarathon.compression.names import NAME
from amarathon.errors import ConfigurationError

VANILLA = "vanilla"
_NUMBER = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")
# More would be lost in a canonical name or in a tensor's 64 bits.
_WHOLE = re.compile(r"[0-9]{1,9}")
_MOST_DIGITS = 15
_FLAGS = {"true": True, "false": False}
_STEP = re.compile(r"(?P<name>[a-z0-9_]+)@(?P<amount>[0-9.]+)(?::(?P<parameters>.+))?")


@dataclass(frozen=True)
class Configuration:
    """Steps in the order in which they act; none is vanilla.

    Attributes
    ----------
    steps : tuple of Method
        At most one of each stage.
    """

    steps: tuple[Method, ...] = ()

    @classmethod
    def parse(cls, text: str) -> "Configuration":
        """Read a configuration's name.

        Raises
        ------
        ConfigurationError
            Saying what is wrong with the name and what would be right.

        Examples
        --------
        >>> Configuration.parse("snapkv@0.50 + frame@.6").name
        'frame@0.6+snapkv@0.5'
        >>> [step.stage for step in Configuration.parse("frame@0.6+snapkv@0.5").steps]
        ['prune', 'evict']
        """
        if text.strip() == VANILLA:
            return cls()
        return cls.of(*(_parse_step(part.strip()) for part in text.split("+")))

    @classmethod
    def of(cls, *steps: Method) -> "Configuration":
        """Put methods together, in the order in which they act.

        Raises
        ------
        ConfigurationError
            If two of them act at the same stage.

        Examples
        --------
        >>> from fractions import Fraction
        >>> Configuration.of(METHODS["snapkv"](Fraction("0.5")), METHODS["frame"](Fraction("0.6"))).name
        'frame@0.6+snapkv@0.5'
        >>> Configuration.of().name
        'vanilla'
        """
        for stage in STAGES:
            same_stage = [_step_name(step) for step in steps if step.stage == stage]
            if len(same_stage) > 1:
                raise ConfigurationError(
                    f"{' and '.join(same_stage)} act at the same place, so they do not go together; "
                    "choose one."
                )
        return cls(tuple(sorted(steps, key=lambda step: STAGES.index(step.stage))))

    @property
    def name(self) -> str:
        """The canonical name; `parse` of it gives this configuration back."""
        return "+".join(_step_name(step) for step in self.steps) or VANILLA

    @property
    def pooling(self) -> PoolingMethod | None:
        """The step before the language model, if there is one."""
        return next((step for step in self.steps if isinstance(step, PoolingMethod)), None)

    @property
    def pruning(self) -> PruningMethod | None:
        """The step that prunes audio tokens, if there is one."""
        return next((step for step in self.steps if isinstance(step, PruningMethod)), None)

    @property
    def eviction(self) -> EvictionMethod | None:
        """The step that evicts from the cache, if there is one."""
        return next((step for step in self.steps if isinstance(step, EvictionMethod)), None)

    @property
    def randomised(self) -> bool:
        """Whether its answers depend on the seed."""
        return any(step.randomised for step in self.steps)


def parse_configurations(names: Sequence[str]) -> list[Configuration]:
    """Read several names; two that mean the same are refused.

    Raises
    ------
    ConfigurationError
        Naming the first that is wrong, or the pair that is one configuration.

    Examples
    --------
    >>> [configuration.name for configuration in parse_configurations(["vanilla", "pool@3"])]
    ['vanilla', 'pool@3']
    >>> parse_configurations(["frame@0.6", "frame@0.60"])
    Traceback (most recent call last):
    amarathon.errors.ConfigurationError: 'frame@0.60' and 'frame@0.6' mean the same.
    """
    found: dict[str, str] = {}
    parsed = []
    for text in names:
        configuration = Configuration.parse(text)
        if configuration.name in found:
            raise ConfigurationError(f"{text!r} and {found[configuration.name]!r} mean the same.")
        found[configuration.name] = text
        parsed.append(configuration)
    if not parsed:
        raise ConfigurationError("Name at least one configuration, for example vanilla or frame@0.6.")
    return parsed


def _parse_step(text: str) -> Method:
    match = _STEP.fullmatch(text)
    name = match["name"] if match else text.partition("@")[0]
    if name not in METHODS:
        raise ConfigurationError(
            f"{name!r} is not a method; there are {VANILLA}, {', '.join(sorted(METHODS))}."
        )
    if not match:
        raise ConfigurationError(f"{text!r} is not of the form method@amount, for example {name}@0.6.")
    method = METHODS[name]
    amount = _parse_amount(method, match["amount"])
    return method(amount=amount, **_parse_parameters(method, match["parameters"]))


def _parse_amount(method: type[Method], text: str) -> Fraction:
    if len(text.replace(".", "")) > _MOST_DIGITS:
        raise ConfigurationError(f"{method.name}: an amount has at most {_MOST_DIGITS} digits.")
    try:
        amount = Fraction(Decimal(text))
    except InvalidOperation as error:
        raise ConfigurationError(f"{text!r} is not a number, in {method.name}@{text}.") from error
    if method.amount_kind == "ratio" and not 0 <= amount < 1:
        raise ConfigurationError(
            f"{method.name}@{text}: the share that is removed must be at least 0 and below 1."
        )
    if method.amount_kind == "factor" and (amount.denominator != 1 or amount < 1):
        raise ConfigurationError(f"{method.name}@{text}: the factor must be a whole number from 1.")
    if method.amount_kind == "factor" and not _WHOLE.fullmatch(str(amount)):
        raise ConfigurationError(f"{method.name}@{text}: the factor has at most 9 digits.")
    return amount


def _parse_parameters(method: type[Method], text: str | None) -> dict[str, Any]:
    known = {entry.name: entry for entry in fields(method) if entry.name != "amount"}
    types = get_type_hints(method)
    parameters: dict[str, Any] = {}
    for part in text.split(",") if text else []:
        key, _, value = part.partition("=")
        if key not in known:
            raise ConfigurationError(
                f"{method.name} has no parameter {key!r}; it has {', '.join(known) or 'none'}."
            )
        if key in parameters:
            raise ConfigurationError(f"{method.name}: the parameter {key} is given twice.")
        parameters[key] = _parse_value(method, key, value, types[key], known[key].metadata.get("minimum"))
    return parameters


def _parse_value(
    method: type[Method], key: str, text: str, kind: Any, minimum: int | None
) -> int | str | Fraction:
    if get_origin(kind) is Literal:
        if text not in get_args(kind):
            raise ConfigurationError(
                f"{method.name}: {key} must be {' or '.join(get_args(kind))}, not {text!r}."
            )
        return text
    if kind is str:
        if not NAME.fullmatch(text):
            raise ConfigurationError(f"{method.name}: {key} must be a name like mini-1, not {text!r}.")
        return text
    if kind is bool:
        if text not in _FLAGS:
            raise ConfigurationError(f"{method.name}: {key} must be {' or '.join(_FLAGS)}, not {text!r}.")
        return _FLAGS[text]
    if kind is Fraction:
        if not _NUMBER.fullmatch(text):
            raise ConfigurationError(f"{method.name}: {key} must be a number like 0.2, not {text!r}.")
        return Fraction(text)
    if not (_WHOLE.fullmatch(text) and (minimum is None or int(text) >= minimum)):
        shown = text if len(text) <= 20 else f"{text[:20]}…"
        raise ConfigurationError(
            f"{method.name}: {key} must be a whole number from {minimum or 0}, of at most 9 digits, "
            f"not {shown!r}."
        )
    return int(text)


def _step_name(step: Method) -> str:
    changed = [
        f"{entry.name}={_written(getattr(step, entry.name))}"
        for entry in fields(step)
        if entry.name != "amount" and getattr(step, entry.name) != entry.default
    ]
    return f"{step.name}@{_written(step.amount)}" + (":" + ",".join(changed) if changed else "")


def _written(value: object) -> str:
    """A parameter as it stands in a name."""
    if isinstance(value, Fraction):
        return f"{(Decimal(value.numerator) / Decimal(value.denominator)).normalize():f}"
    return str(value).lower() if isinstance(value, bool) else str(value)
