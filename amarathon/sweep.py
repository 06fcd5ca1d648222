"""Every configuration's answer about one recording, one event at a time.

What configurations have in common is done once; what each needs of its own follows.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from amarathon.errors import AmarathonError
from amarathon.tasks import Message

if TYPE_CHECKING:
    from amarathon.audio import Audio
    from amarathon.models.open_model import OpenModel


@dataclass(frozen=True)
class Timings:
    """Seconds of the parts of one answer; `None` where a part did not happen or was not timed.

    Attributes
    ----------
    encoder_s : float or None
        Features and audio encoder.
    prefill_s : float or None
        The language model over the whole prompt, up to the logits of the first new token.
    first_token_s : float or None
        From the start of the encoder until the first new token is there (TTFT).
    decode_s : float or None
        All further tokens together.
    shared : bool
        Parts were shared with other configurations, so these figures must not be ranked.
    """

    encoder_s: float | None = None
    prefill_s: float | None = None
    first_token_s: float | None = None
    decode_s: float | None = None
    shared: bool = False


@dataclass(frozen=True)
class Progress:
    """What is being done now.

    Attributes
    ----------
    configuration : str
        Canonical name of the configuration at work.
    stage : str
        ``"encoder"``, ``"warm-up"``, ``"prefill"`` or ``"decode"``.
    done, total : int
        Configurations finished, and asked for.
    share : float
        How much of the stage is done, 0 to 1; of a reply, of the longest it may become.
    """

    configuration: str
    stage: str
    done: int
    total: int
    share: float = 0.0


@dataclass(frozen=True)
class Outcome:
    """One configuration's answer, or why there is none.

    Attributes
    ----------
    configuration : str
        Canonical name.
    reply : str
        What the model wrote; empty where `error` is set.
    new_tokens : int
        Tokens of the reply.
    audio_tokens, kept_tokens : int
        Audio tokens of the prompt, and how many are left after pruning.
    kept_indices : tuple of int
        The prompt's audio tokens that survived pruning, counted from the first one.
    kept_spans : tuple of (float, float)
        Seconds of audio that survived pruning, as merged, sorted intervals.
    kept_map : tuple of tuple of float
        For evictions, the share of each layer's cache that is kept: layers x equal slices of
        the audio's time (64 at most). Empty where nothing is evicted.
    timings : Timings
    peak_bytes : int or None
        Peak memory while answering; `None` where it cannot be told apart from other branches.
    cache_bytes : int or None
        Key-value cache after the prefill (and its eviction).
    details : mapping of str to str
        What else the method has to say, e.g. the achieved retention ratio.
    error : str or None
        One sentence.
    """

    configuration: str
    reply: str = ""
    new_tokens: int = 0
    audio_tokens: int = 0
    kept_tokens: int = 0
    kept_indices: tuple[int, ...] = ()
    kept_spans: tuple[tuple[float, float], ...] = ()
    kept_map: tuple[tuple[float, ...], ...] = ()
    timings: Timings = field(default_factory=Timings)
    peak_bytes: int | None = None
    cache_bytes: int | None = None
    details: Mapping[str, str] = field(default_factory=dict)
    error: str | None = None


def sweep(
    model: "OpenModel",
    audio: "Audio",
    messages: Sequence[Message],
    configurations: Sequence[str],
    *,
    max_new_tokens: int = 16,
    seed: int = 0,
    recording: str | None = None,
    warm_up: bool = False,
    shared: bool = False,
) -> Iterator[Progress | Outcome]:
    """Answer one question under several configurations.

    Parameters
    ----------
    model : OpenModel
        From `amarathon.load_model`.
    audio : Audio
    messages : sequence of Message
        With one audio part.
    configurations : sequence of str
        E.g. ``["vanilla", "frame@0.6", "snapkv@0.5"]``; answered in this order, but for those
        of one shortening before the language model, which are answered together.
    max_new_tokens : int
        Longest reply.
    seed : int
        Seed of the random methods.
    recording : str, optional
        What names the recording, for example a sample's id: mixed into the seed, so that two recordings of
        one length do not keep the same places. By default the SHA-256 of its PCM.
    warm_up : bool
        First answer once without taking times. The first prefill of a process can take twice as
        long as the next, which would make every later configuration look fast.
    shared : bool
        Run what configurations have in common in the decoder once, too, and write their replies
        some at a time, in the order in which they end. The replies are the same; times are those
        of each one's own part, marked shared, and peak memory is left out.

    Yields
    ------
    Progress or Outcome
        Progress as stages begin; one `Outcome` for each configuration. A configuration that
        fails gives an `Outcome` with its error, and the others go on.

    Raises
    ------
    ConfigurationError
        Before any work, if a name does not parse.
    ModelError
        Before any work, if the recording is too long for the model.
    """
    import torch

    from amarathon.compression import parse_configurations
    from amarathon.compression.adapters import adapted
    from amarathon.compression.seeding import name_of, recording_seed
    from amarathon.embedded_prompt import embed
    from amarathon.generation import clock, shared_prefix
    from amarathon.memory import memory_errors
    from amarathon.prompt_group import PromptGroup

    parsed = parse_configurations(configurations)
    model.check_audio(audio)
    first, total = parsed[0].name, len(parsed)
    seed = recording_seed(seed, name_of(audio, recording))
    start = clock(model.device)
    with memory_errors("encode this recording"):
        prompt = model.prompt(audio, messages)
        parts = []
        for share, part in model.encode_parts(prompt):
            parts.append(part)
            yield Progress(first, "encoder", 0, total, share)
    encoded = torch.cat(parts)
    encoder_s = clock(model.device) - start
    done = 0
    # Configurations of one shortening read the same prompt; one group after the other.
    for shortening in dict.fromkeys(configuration.shortening for configuration in parsed):
        group = [configuration for configuration in parsed if configuration.shortening == shortening]
        with ExitStack() as stack:
            try:
                stack.enter_context(adapted(model, shortening))
            except AmarathonError as error:
                yield from (Outcome(configuration.name, error=str(error)) for configuration in group)
                done += len(group)
                continue
            embedded = embed(model, prompt, encoded, shortening)
            asked = PromptGroup(model, audio, embedded, max_new_tokens, seed, encoder_s)
            prefix = None
            if shared:
                yield Progress(group[0].name, "prefill", done, total)
                with memory_errors("read this recording"):
                    prefix = shared_prefix(model, embedded, group, max_new_tokens)
            if warm_up and not done:
                yield Progress(first, "warm-up", 0, total)
                asked.warm_up(group[0], prefix)
            if prefix is None:
                yield from asked.one_by_one(group, done, total)
            else:
                yield from asked.together(group, done, total, prefix)
            done += len(group)
