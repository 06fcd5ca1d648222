"""Rows of a recording's windows, kept for other configurations, and the seconds that a transcript took."""

from collections import OrderedDict
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from transformers.modeling_outputs import BaseModelOutput

from amarathon.compression.cross_attention import CrossCompressor
from amarathon.compression.target import replaced
from amarathon.models.whisper import Whisper

# Windows whose rows are kept for other configurations, which may begin elsewhere: 2.3 MB each for tiny.en.
WINDOWS_KEPT = 64


@dataclass
class EncodedWindows:
    """Encoder rows by the frame that their window begins at, and the seconds that each took.

    One recording's, filled by the first configuration that comes to a window; the latest `WINDOWS_KEPT`.
    """

    rows: OrderedDict[int, tuple[Any, float]] = field(default_factory=OrderedDict)

    def keep(self, start: int, rows: Any, seconds: float) -> None:
        """Note what the encoder made of a window."""
        self.rows[start] = rows, seconds
        while len(self.rows) > WINDOWS_KEPT:
            self.rows.popitem(last=False)


@dataclass
class Times:
    """Seconds of one transcript's parts, over all windows.

    Of the encoder all, those spent now, and those that were spent before and count towards the first token.
    """

    encoder_s: float = 0.0
    encoder_now_s: float = 0.0
    encoder_before_s: float = 0.0
    prefill_s: float = 0.0
    first_token_s: float | None = None


def watched(
    model: Whisper,
    compressor: CrossCompressor,
    encoded: EncodedWindows,
    times: Times,
    seconds: Callable[[], float],
) -> ExitStack:
    """Keep the encoder's rows, and take the times of its work and of the decoder's prompts."""
    encoder, decoder = model.model.get_encoder(), model.model.get_decoder()
    encode = encoder.forward
    began = [0.0]

    def remembered(*args: Any, **kwargs: Any) -> Any:
        start = compressor.window_start
        if start not in encoded.rows:
            before = seconds()
            rows = encode(*args, **kwargs).last_hidden_state
            encoded.keep(start, rows, seconds() - before)
            times.encoder_now_s += encoded.rows[start][1]
        elif times.first_token_s is None:
            times.encoder_before_s += encoded.rows[start][1]
        rows, took_s = encoded.rows[start]
        times.encoder_s += took_s
        return BaseModelOutput(last_hidden_state=rows)

    def before(_module: Any, _args: Any, _kwargs: Any) -> None:
        began[0] = seconds()

    def after(_module: Any, _args: Any, _kwargs: Any, _output: Any) -> None:
        if compressor.reads_prompt:
            times.prefill_s += seconds() - began[0]

    with ExitStack() as stack:
        stack.enter_context(replaced(encoder, "forward", remembered))
        for handle in (
            decoder.register_forward_pre_hook(before, with_kwargs=True),
            decoder.register_forward_hook(after, with_kwargs=True),
        ):
            stack.callback(handle.remove)
        return stack.pop_all()
