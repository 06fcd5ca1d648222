"""Planted faults: each must be caught by the checks, in every family."""

import torch
from transformers import DynamicCache

from amarathon.compression import caches, eviction, hooks, prefill, prefix
from amarathon.compression.audio_positions import AudioPositions
from amarathon.compression.methods.frame import Frame
from tests.models.families.tiny import tiny


def decodes_at_wrong_positions(family, monkeypatch):
    adapter = type(tiny(family))
    real = adapter.position_ids

    def wrong(self, start, count):
        return real(self, start - 3 if start else 0, count)

    monkeypatch.setattr(adapter, "position_ids", wrong)


def counts_kept_tokens(_family, monkeypatch):
    def fewest(self, *_args, **_more):
        return min((layer.keys.shape[-2] for layer in self.layers if layer.keys is not None), default=0)

    monkeypatch.setattr(DynamicCache, "get_seq_length", fewest)


def leaves_rotary_positions_of_the_first_tokens(_family, monkeypatch):
    real = hooks.shorten_shared
    monkeypatch.setattr(hooks, "shorten_shared", lambda kwargs, index: real(kwargs, torch.arange(len(index))))


def keeps_one_too_few(_family, monkeypatch):
    real = prefill.budget
    monkeypatch.setattr(prefill, "budget", lambda count, ratio: real(count, ratio) - 1)


def evicts_one_too_many(_family, monkeypatch):
    real = eviction.budget
    monkeypatch.setattr(eviction, "budget", lambda count, ratio: real(count, ratio) - 1)


def keeps_the_neighbours(_family, monkeypatch):
    real = Frame.select

    def wrong(self, context):
        return (real(self, context) + 1).clamp(max=len(context.audio_positions) - 1)

    monkeypatch.setattr(Frame, "select", wrong)


def forgets_the_last_chunk(_family, monkeypatch):
    real = AudioPositions.plain.__func__

    def wrong(cls, positions, *more):
        return real(cls, positions[: len(positions) * 2 // 3], *more)

    monkeypatch.setattr(AudioPositions, "plain", classmethod(wrong))


def shifts_what_the_encoder_heard(family, monkeypatch):
    adapter = type(tiny(family))
    real = adapter.encode_parts

    def wrong(self, prompt):
        for share, part in real(self, prompt):
            yield share, part.roll(1, dims=0)

    monkeypatch.setattr(adapter, "encode_parts", wrong)


def continues_from_other_states(_family, monkeypatch):
    def keeper(self, end):
        def keep(_module, _args, output):
            states = output[0] if isinstance(output, tuple) else output
            wrong = states * 1.1
            self._prefix.outputs[end] = (wrong, *output[1:]) if isinstance(output, tuple) else wrong

        return keep

    monkeypatch.setattr(prefix.PrefixRecorder, "_keeper", keeper)


def counts_windows_in_kept_tokens(_family, monkeypatch):
    monkeypatch.setattr(
        prefill.Prefill,
        "_positions_of",
        lambda self, count, _pruned: list(range(self.length - count, self.length)),
    )


def stays_in_its_window(_family, monkeypatch):
    # Tokens leave when the prompt is cut to the window, and never after.
    monkeypatch.setattr(
        caches.CountingWindowLayer, "update", lambda self, keys, values, *_a, **_m: _grow(self, keys, values)
    )
    monkeypatch.setattr(caches.CountingWindowLayer, "visible", lambda self: len(self.positions))


def _grow(layer, keys, values):
    layer.positions.append(layer.cumulative_length)
    layer.cumulative_length += 1
    layer.keys, layer.values = (
        torch.cat(pair, dim=-2) for pair in ((layer.keys, keys), (layer.values, values))
    )
    return layer.keys, layer.values


FAULTS = [
    (decodes_at_wrong_positions, "steps", "frame@0.3"),
    (decodes_at_wrong_positions, "steps", "knorm@0.5"),
    (counts_kept_tokens, "own_loop", "knorm@0.5"),
    (leaves_rotary_positions_of_the_first_tokens, "steps", "frame@0.3"),
    (keeps_one_too_few, "steps", "frame@0.3"),
    (keeps_one_too_few, "plain_generate", "fastv@0.6"),
    (evicts_one_too_many, "steps", "knorm@0.5"),
    (keeps_the_neighbours, "steps", "frame@0.3"),
    (forgets_the_last_chunk, "steps", "frame@0.3"),
    (forgets_the_last_chunk, "plain_generate", "fastv@0.6"),
    (forgets_the_last_chunk, "steps", "knorm@0.5:scope=audio"),
    (shifts_what_the_encoder_heard, "own_prompt", "vanilla"),
    (continues_from_other_states, "shared_run", "frame@0.6"),
    (keeps_one_too_few, "nothing_removed", "frame@0"),
]
