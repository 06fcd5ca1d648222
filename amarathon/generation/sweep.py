"""Every configuration's answer about one recording, one event at a time.

What configurations have in common is done once; what each needs of its own follows.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

from amarathon.audio.limits import longer_than_taken
from amarathon.compression.configuration import VANILLA
from amarathon.errors import AmarathonError, ConfigurationError, ModelError
from amarathon.generation.outcome import Outcome, Progress
from amarathon.tasks import Message

if TYPE_CHECKING:
    from amarathon.audio import Audio
    from amarathon.compression import Configuration
    from amarathon.models.model_api import ModelAPI
    from amarathon.models.open_model import OpenModel


def sweep(
    model: "OpenModel | ModelAPI",
    audio: "Audio",
    messages: Sequence[Message],
    configurations: Sequence[str],
    *,
    max_new_tokens: int = 16,
    seed: int = 0,
    recording: str | None = None,
    warm_up: bool = False,
    shared: bool = False,
    letters: str = "",
    interrupted: "Callable[[], bool] | None" = None,
) -> Iterator[Progress | Outcome]:
    """Answer one question under several configurations.

    Parameters
    ----------
    model : OpenModel or ModelAPI
        From `amarathon.load_model`. One behind a service answers under ``"vanilla"`` alone.
    audio : Audio
    messages : sequence of Message
        With one audio part.
    configurations : sequence of str
        E.g. ``["vanilla", "frame@0.6", "snapkv@0.5"]``; answered in this order, but for those
        of one pooling before the language model, which are answered together.
    max_new_tokens : int
        Longest reply.
    seed : int
        Seed of the random methods.
    recording : str, optional
        What names the recording, for example a sample's id: mixed into the seed, so that two recordings of
        one length do not keep the same tokens. By default the SHA-256 of its PCM.
    warm_up : bool
        First answer once without taking times. The first prefill of a process can take twice as
        long as the next, which would make every later configuration look fast.
    shared : bool
        Run what configurations have in common in the decoder once, too, and write their replies
        some at a time, in the order in which they end. The replies are the same; times are those
        of each one's own part, marked shared, and peak memory is left out.
    letters : str
        Letters that a reply chooses from, e.g. ``"ABCD"``: outcomes then say how probable each is as the
        first token. Nothing is said where a letter is not one token, or the model writes transcripts.
    interrupted : callable, optional
        Asked between any two layers, in the thread that computes; once it says so, `InterruptError` is
        raised from here.

    Yields
    ------
    Progress or Outcome
        Progress as stages begin; one `Outcome` for each configuration. A configuration that
        fails gives an `Outcome` with its error, and the others go on.

    Raises
    ------
    ConfigurationError
        Before any work, if a name does not parse, or the model cannot do it.
    ModelError
        Before any work, if the recording is too long for the model.
    ServiceError
        If a service cannot be asked any more.
    InterruptError
        If `interrupted` says so.
    """
    from amarathon.compression import parse_configurations
    from amarathon.compression.seeding import name_of, recording_seed
    from amarathon.generation.interrupting import interruptible
    from amarathon.generation.threads import fitted_threads
    from amarathon.models.kinds import is_open

    parsed = parse_configurations(configurations)
    if not is_open(model):
        yield from _elsewhere(model, audio, messages, parsed, max_new_tokens)
        return
    model.check_audio(audio)
    seed = recording_seed(seed, name_of(audio, recording))
    with interruptible(model.model, interrupted), fitted_threads(model.device) as fit:
        if model.family.reads_by == "cross-attention":
            events = _transcripts(model, audio, messages, parsed, max_new_tokens, seed, warm_up, shared)
        else:
            options = model.letter_tokens(letters)
            events = _replies(model, audio, messages, parsed, max_new_tokens, seed, warm_up, shared, options)
        with closing(events):
            for event in events:
                yield event
                fit()


def _replies(
    model: "OpenModel",
    audio: "Audio",
    messages: Sequence[Message],
    configurations: "Sequence[Configuration]",
    max_new_tokens: int,
    seed: int,
    warm_up: bool,
    shared: bool,
    options: tuple[int, ...],
) -> Generator[Progress | Outcome, None, None]:
    """The same for a model whose prompt holds the recording."""
    import torch

    from amarathon.compression.lora import adapted
    from amarathon.generation.decoding import GreedyDecoder, clock
    from amarathon.generation.embedded_prompt import embed
    from amarathon.generation.prompt_group import PromptGroup
    from amarathon.models.memory import memory_errors

    first, total = configurations[0].name, len(configurations)
    encoder_s, start = 0.0, clock(model.device)
    with memory_errors("encode this recording"):
        prompt = model.prompt(audio, messages)
        parts = []
        for share, part in model.encode_parts(prompt):
            parts.append(part)
            # What happens while this waits to be asked for more is not the encoder's.
            encoder_s += clock(model.device) - start
            yield Progress(first, "encoder", 0, total, share)
            start = clock(model.device)
    encoded = torch.cat(parts)
    encoder_s += clock(model.device) - start
    done = 0
    # Configurations of one pooling read the same prompt; one group after the other.
    for pooling in dict.fromkeys(configuration.pooling for configuration in configurations):
        group = [configuration for configuration in configurations if configuration.pooling == pooling]
        with ExitStack() as stack:
            try:
                stack.enter_context(adapted(model, pooling))
            except AmarathonError as error:
                yield from (Outcome(configuration.name, error=str(error)) for configuration in group)
                done += len(group)
                continue
            embedded = embed(model, prompt, encoded, pooling)
            decoder = GreedyDecoder(model, embedded, max_new_tokens, seed, encoder_s, options)
            prompt_group = PromptGroup(decoder)
            prefix = None
            if shared:
                yield Progress(group[0].name, "prefill", done, total)
                with memory_errors("read this recording"):
                    prefix = decoder.shared_prefix(group)
            if warm_up and not done:
                yield Progress(first, "warm-up", 0, total)
                prompt_group.warm_up(group[0], prefix)
            if prefix is None:
                yield from prompt_group.one_by_one(group, done, total)
            else:
                yield from prompt_group.together(group, done, total, prefix)
            done += len(group)


def _elsewhere(
    model: "ModelAPI",
    audio: "Audio",
    messages: Sequence[Message],
    configurations: "Sequence[Configuration]",
    max_new_tokens: int,
) -> Iterator[Progress | Outcome]:
    """The same for a model that answers by itself."""
    others = [configuration.name for configuration in configurations if configuration.steps]
    if others:
        raise ConfigurationError(
            f"{model.identity.name} answers only under {VANILLA}, not under {others[0]}: compression needs "
            "the weights here."
        )
    too_long = longer_than_taken(audio, model.max_audio_s, model.identity.name)
    if too_long is not None:
        raise ModelError(too_long)
    yield Progress(VANILLA, "decode", 0, 1)
    reply = model.respond(audio, messages, max_new_tokens=max_new_tokens)
    if isinstance(reply, str):
        yield Outcome(VANILLA, reply=reply)
        return
    heard = reply.usage.audio_tokens or 0
    yield Outcome(
        VANILLA,
        reply=reply.text,
        new_tokens=reply.usage.output_tokens or 0,
        audio_tokens=heard,
        kept_tokens=heard,
        service=reply,
    )


def _transcripts(
    model: "OpenModel",
    audio: "Audio",
    messages: Sequence[Message],
    configurations: "Sequence[Configuration]",
    max_new_tokens: int,
    seed: int,
    warm_up: bool,
    shared: bool,
) -> Generator[Progress | Outcome, None, None]:
    """The same for a model that reads a recording in windows while it writes."""
    from amarathon.generation.encoded_windows import EncodedWindows
    from amarathon.generation.transcribing import transcribe, transcribe_all
    from amarathon.models.whisper import Whisper

    if not isinstance(model, Whisper):
        raise ModelError(f"{model.identity.name} reads audio in a way that is not known here.")
    total = len(configurations)
    yield Progress(configurations[0].name, "encoder", 0, total)
    prompt = model.prompt(audio, messages)
    if warm_up:
        yield Progress(configurations[0].name, "warm-up", 0, total)
        events = transcribe(model, prompt, configurations[0], EncodedWindows(), max_new_tokens=2, seed=seed)
        next(events)  # a few tokens, thrown away
        events.close()
    done = 0
    for configuration, event in transcribe_all(
        model, prompt, configurations, max_new_tokens=max_new_tokens, seed=seed, shared=shared
    ):
        if isinstance(event, Outcome):
            yield event
            done += 1
        else:
            share = min(1.0, event.tokens / max_new_tokens)
            yield Progress(configuration.name, "decode", done, total, share, event.text, event.tokens)


def respond(model: "OpenModel", audio: "Audio", messages: Sequence[Message], *, max_new_tokens: int) -> str:
    """Answer without compression.

    Raises
    ------
    ModelError
        If the model cannot; the message says why.
    """
    events = sweep(model, audio, messages, ["vanilla"], max_new_tokens=max_new_tokens)
    outcome = next(event for event in events if isinstance(event, Outcome))
    if outcome.error is not None:
        raise ModelError(outcome.error)
    return outcome.reply
