"""Does a served model hear what it is sent, up to the end? A few questions, for want of its weights."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from amarathon.audio import SAMPLE_RATE, Audio, AudioInfo, load_audio
from amarathon.audio.types import to_pcm16
from amarathon.datasets.bundled import EXAMPLES, bundled_folder
from amarathon.errors import ModelError
from amarathon.models.model_api import ModelIdentity
from amarathon.models.remote.model import RemoteModel
from amarathon.models.reply import Reply
from amarathon.tasks import free_question

# A word in one of the package's recordings, and where it is said.
WORD, SPOKEN_IN, BEGINS_S, ENDS_S = "goodbye", "asr-calls.opus", 0.6, 1.9
QUESTION = "Which word is said at the very end of this recording? If no word is said, answer: nothing."
SHORT_S, LONG_S = 30.0, 300.0
LOUDNESS = 0.01
REPLY_TOKENS = 16
QUESTIONS = 4


@dataclass(frozen=True)
class ServiceFinding:
    """What one check found.

    Attributes
    ----------
    check : str
    verdict : {"passed", "failed", "unknown"}
    detail : str
        One sentence.
    """

    check: str
    verdict: Literal["passed", "failed", "unknown"]
    detail: str


def examine_service(model: RemoteModel) -> Iterator[ServiceFinding]:
    """Put `QUESTIONS` questions to a model about recordings that end with a word, or with none.

    Yields
    ------
    ServiceFinding

    Raises
    ------
    ServiceError
        If it cannot be asked any more.
    """
    long_s = min(LONG_S, model.max_audio_s)
    yield _known(model.identity)
    try:
        short = _ask(model, _recording(SHORT_S, ends_with_word=True))
        yield _answers(short)
        yield _room_for_an_answer(short)
        yield _hears(short, f"a word at the end of {SHORT_S:.0f} s")
        again = _ask(model, _recording(SHORT_S, ends_with_word=True))
        yield _same(short, again)
        long = _ask(model, _recording(long_s, ends_with_word=True))
        yield _hears(long, f"a word at the end of {long_s:.0f} s")
        yield _grows(short, long, long_s / SHORT_S)
        yield _does_not_guess(_ask(model, _recording(long_s, ends_with_word=False)), long_s)
    except ModelError as error:
        yield ServiceFinding("questions", "failed", str(error))


def _ask(model: RemoteModel, audio: Audio) -> Reply:
    return model.respond(audio, free_question(QUESTION), max_new_tokens=REPLY_TOKENS)


def _recording(seconds: float, *, ends_with_word: bool) -> Audio:
    """Quiet noise, with the word at its end or with none."""
    drawn = np.random.default_rng(0).standard_normal(int(seconds * SAMPLE_RATE))
    samples: NDArray[np.float32] = (LOUDNESS * drawn).astype(np.float32)
    if ends_with_word:
        spoken = load_audio(bundled_folder(EXAMPLES) / SPOKEN_IN).samples
        word = spoken[int(BEGINS_S * SAMPLE_RATE) : int(ENDS_S * SAMPLE_RATE)]
        samples[-len(word) :] += word
    digest = hashlib.sha256(to_pcm16(samples).tobytes()).hexdigest()
    return Audio(samples.clip(-1, 1), digest, digest, AudioInfo("WAV", "pcm_16", SAMPLE_RATE, 1, seconds, 0))


def _known(identity: ModelIdentity) -> ServiceFinding:
    known = identity.revision != "unknown"
    said = f"its version is {identity.revision}" if known else "it does not say which version it is"
    ends = f"; {identity.notice}" if identity.notice else ""
    return ServiceFinding("version", "passed" if known else "unknown", f"{said}{ends}")


def _answers(reply: Reply) -> ServiceFinding:
    lacking = [
        name
        for name, value in (("the model that answers", reply.served), ("tokens", reply.usage.input_tokens))
        if value is None
    ]
    if lacking:
        return ServiceFinding("what it tells", "failed", f"it does not tell {' and '.join(lacking)}")
    return ServiceFinding(
        "what it tells", "passed", f"{reply.served}, {reply.usage.input_tokens} tokens read"
    )


def _room_for_an_answer(reply: Reply) -> ServiceFinding:
    if reply.text.strip():
        return ServiceFinding("a short answer", "passed", f"it says {reply.text[:60]!r}")
    why = reply.reason or reply.stop
    said = f"no text within {REPLY_TOKENS} tokens ({why}); --thinking-tokens gives more room"
    return ServiceFinding("a short answer", "failed", said)


def _hears(reply: Reply, what: str) -> ServiceFinding:
    heard = WORD in reply.text.lower().replace("-", "").replace(" ", "")
    verdict: Literal["passed", "failed"] = "passed" if heard else "failed"
    return ServiceFinding(f"hears {what}", verdict, f"asked for {WORD!r}, it says {reply.text[:60]!r}")


def _same(first: Reply, second: Reply) -> ServiceFinding:
    if first.text == second.text:
        return ServiceFinding("the same reply twice", "passed", "two equal questions, two equal replies")
    return ServiceFinding("the same reply twice", "unknown", "not deterministic: repeats will differ")


def _grows(short: Reply, long: Reply, times: float) -> ServiceFinding:
    before, after = short.usage.input_tokens, long.usage.input_tokens
    if before is None or after is None:
        return ServiceFinding("reads all of it", "unknown", "it does not tell how many tokens it reads")
    said = f"{before} tokens of {SHORT_S:.0f} s, {after} of a recording {times:g} times as long"
    # Half of what is due: the question's own tokens are in both.
    verdict: Literal["passed", "failed"] = "passed" if after >= before * max(1.0, times / 2) else "failed"
    return ServiceFinding("reads all of it", verdict, said)


def _does_not_guess(reply: Reply, seconds: float) -> ServiceFinding:
    guessed = WORD in reply.text.lower().replace("-", "").replace(" ", "")
    verdict: Literal["passed", "failed"] = "failed" if guessed else "passed"
    check = f"says nothing of {seconds:.0f} s without a word"
    return ServiceFinding(check, verdict, f"it says {reply.text[:60]!r}")
