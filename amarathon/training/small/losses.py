"""What is learnt, and from where in the model; everything but the model itself is dropped at export.

- the reply, from the last layer;
- at each audio token the word or label that is heard, and at each option its own name, through the
  tied embeddings (fourth layer): what is heard looks to the next layers like the same word read;
- at the later word of a fact the earlier one, and at each option of a question about a fact what it is
  asked together with, both through one linear map (fifth layer): the two can be found by each other;
- at each word that is heard, and where a transcript's next word is to be written, the word before it, the
  one before that, and the set of the last eight, through linear maps of their own (fifth layer): together
  they locate where in the recording a transcript has got to;
- at each option its letter, through the tied embeddings, and whether it is the right one (sixth layer);
- pointers, the attention of one head each: from an option to where it is heard or, where it is not, to the
  token before the audio (fifth layer), from an option to what it is asked together with (fourth), from the
  right option to the fact that makes it right and from the others to that token, from a transcript's word
  to where it is known (sixth), from the answer to the name of the right option (seventh).

The heads that lead to audio start with equal projections of queries and keys: they find
equal words from the first step on. From random ones it had not begun to after 1,500 steps, though nine
words in ten were known at their audio tokens after 500.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from amarathon.training.small.attention import attention_by_rows
from amarathon.training.small.batches import Batch
from amarathon.training.small.pointers import (
    ANSWER_LAYER,
    EVIDENCE_LAYER,
    FACT_LAYER,
    POINTING_LAYERS,
    pointer_loss,
    pointers_of,
)
from amarathon.training.small.sequences import IGNORED
from amarathon.training.small.transcripts import RECENT

# After so many layers.
NAMING_LAYER, OPTION_LAYER = 4, 6
# Of the initial weights, whose deviation is 0.02. As they are, two layers add so much that a token no
# longer tells which word it is; these keep it for all eight, after Radford et al. (GPT-2), section 2.3.
_EMBEDDING_SCALE, _SOUND_SCALE, _ADDED_SCALE, _MATCHING_SCALE = 3.0, 0.15, 0.25, 2.0
# Sound files are few, and the tower's output for each is always the same.
_SOUND_DROPOUT = 0.1
# How far back the words lie that a position knows, each kind through a map of its own.
CONTEXTS = {"word before": [1], "second before": [2], "recent words": [*range(1, RECENT + 1)]}
# Of the losses that do not count as much as the reply.
WEIGHTS = {"partners": 0.5, "keys": 0.5, "letters": 0.3, **dict.fromkeys(CONTEXTS, 0.5)}


@dataclass
class Outputs:
    """A forward pass.

    Attributes
    ----------
    losses : dict of str to Tensor
        By name; only those that the batch has something for.
    chosen : Tensor of shape (K,)
        The token predicted at each of the batch's choices.
    transcript_tokens : tuple of int
        Reply tokens of transcripts predicted rightly, and all of them.
    """

    losses: dict[str, Tensor]
    chosen: Tensor
    transcript_tokens: tuple[int, int]

    @property
    def total(self) -> Tensor:
        """The weighted sum of the losses."""
        return torch.stack([WEIGHTS.get(name, 1.0) * value for name, value in self.losses.items()]).sum()


class Trainee(nn.Module):
    """The model with the heads that only training has.

    Parameters
    ----------
    thinker : Qwen2_5OmniThinkerForConditionalGeneration
        Its audio tower is frozen but for the projection.
    """

    def __init__(self, thinker: Any):
        super().__init__()
        self.thinker = thinker
        width = thinker.config.text_config.hidden_size
        self.option_head = nn.Linear(width, 1)
        self.pair_head = nn.Linear(width, width)
        self.context_heads = nn.ModuleDict({name: nn.Linear(width, width) for name in CONTEXTS})
        thinker.requires_grad_(False)
        thinker.model.language_model.requires_grad_(True)
        self._projection.requires_grad_(True)
        self._start()

    @torch.no_grad()
    def _start(self) -> None:
        """Let words weigh more than what the first layers add, and equal words find each other.

        The heads that look from options and from transcripts to audio get their keys' projection.
        """
        self._text.embed_tokens.weight.mul_(_EMBEDDING_SCALE)
        self._projection.weight.mul_(_SOUND_SCALE)
        for layer in self._text.layers:
            layer.self_attn.o_proj.weight.mul_(_ADDED_SCALE)
            layer.mlp.down_proj.weight.mul_(_ADDED_SCALE)
        for number, head in ((EVIDENCE_LAYER, 0), (FACT_LAYER, 0), (FACT_LAYER, 2)):
            attention = self._text.layers[number].self_attn
            width, group = attention.head_dim, head // attention.num_key_value_groups
            keys = slice(group * width, (group + 1) * width)
            attention.k_proj.weight[keys] *= _MATCHING_SCALE
            attention.q_proj.weight[head * width : (head + 1) * width] = attention.k_proj.weight[keys]

    @property
    def _text(self) -> Any:
        return self.thinker.model.language_model

    @property
    def _projection(self) -> nn.Linear:
        projection: nn.Linear = self.thinker.model.audio_tower.proj
        return projection

    def forward(self, batch: Batch) -> Outputs:
        """Compute the losses of a batch."""
        text = self._text
        hidden = self._embeddings(batch)[None]
        rotary = text.rotary_emb(hidden, batch.positions)
        losses: dict[str, Tensor] = {}
        for number, layer in enumerate(text.layers):
            if number in POINTING_LAYERS:
                for name, (pointers, head) in pointers_of(number, batch).items():
                    if pointers:
                        losses[name] = pointer_loss(layer, hidden, rotary, batch.rows, pointers, head)
            with attention_by_rows(text.config, batch.rows):
                hidden = layer(hidden, attention_mask=None, position_embeddings=rotary, use_cache=False)
            if number + 1 == NAMING_LAYER:
                losses |= self._frames(hidden[0], batch)
            if number == EVIDENCE_LAYER:
                losses |= self._facts(hidden[0], batch)
                losses |= self._contexts(hidden[0], batch)
            if number + 1 == OPTION_LAYER:
                losses |= self._options(hidden[0], batch)
        losses["reply"], predicted = self._reply(hidden[0], batch)
        return Outputs(losses, self._chosen(hidden[0], batch), predicted)

    def _embeddings(self, batch: Batch) -> Tensor:
        table = self._text.embed_tokens
        embedded: Tensor = table(batch.ids)
        encoded = functional.dropout(batch.encoded, _SOUND_DROPOUT, self.training)
        sound = self._projection(encoded).float()
        embedded = embedded.masked_scatter(batch.audio[..., None], sound)
        named = batch.audio & batch.as_text
        words = table(batch.frames.clamp(min=0)) * (batch.frames >= 0)[..., None]
        return torch.where(named[..., None], words, embedded)

    def _logits(self, hidden: Tensor) -> Tensor:
        normed = self._text.norm(hidden)
        return functional.linear(normed, self._text.embed_tokens.weight).float()

    def _reply(self, hidden: Tensor, batch: Batch) -> tuple[Tensor, tuple[int, int]]:
        kept = batch.labels != IGNORED
        logits, labels, weights = self._logits(hidden[kept]), batch.labels[kept], batch.weights[kept]
        token_losses = functional.cross_entropy(logits, labels, reduction="none")
        answers = len(batch.choices) + sum(row.task == "ASR" for row in batch.rows)
        spoken = batch.transcript[kept]
        right = (logits.argmax(-1) == labels) & spoken
        return (token_losses * weights).sum() / answers, (int(right.sum()), int(spoken.sum()))

    @torch.no_grad()
    def _chosen(self, hidden: Tensor, batch: Batch) -> Tensor:
        positions = [choice.answer_position for _, choice in batch.choices]
        return self._logits(hidden[positions]).argmax(-1)

    def _frames(self, hidden: Tensor, batch: Batch) -> dict[str, Tensor]:
        found: dict[str, Tensor] = {}
        named = batch.frames != IGNORED
        heard, written = named & ~batch.as_text, named & batch.as_text
        names = batch.frames.clone()
        options = [name for _, choice in batch.choices for name in choice.names]
        written[options] = True
        names[options] = batch.ids[options]
        for what, mask in (("frames", heard), ("names", written)):
            if bool(mask.any()):
                found[what] = functional.cross_entropy(self._logits(hidden[mask]), names[mask])
        return found

    def _facts(self, hidden: Tensor, batch: Batch) -> dict[str, Tensor]:
        keys = torch.full_like(batch.ids, IGNORED)
        for _, choice in batch.choices:
            keys[choice.names] = choice.key
        found: dict[str, Tensor] = {}
        for what, targets in (("partners", batch.partners), ("keys", keys)):
            mask = targets != IGNORED
            if bool(mask.any()):
                logits = self._logits(self.pair_head(hidden[mask]))
                found[what] = functional.cross_entropy(logits, targets[mask])
        return found

    def _contexts(self, hidden: Tensor, batch: Batch) -> dict[str, Tensor]:
        if not batch.contexts:
            return {}
        before = torch.tensor(
            [tokens + [IGNORED] * (RECENT - len(tokens)) for _, tokens in batch.contexts],
            device=hidden.device,
        )
        states, found = hidden[[position for position, _ in batch.contexts]], {}
        for name, distances in CONTEXTS.items():
            targets = before[:, [distance - 1 for distance in distances]]
            if bool((targets != IGNORED).any()):  # of two words none has a second one before it
                shares = torch.log_softmax(self._logits(self.context_heads[name](states)), dim=-1)
                log_shares = shares.gather(1, targets.clamp(min=0))
                found[name] = -log_shares[targets != IGNORED].mean()
        return found

    def _options(self, hidden: Tensor, batch: Batch) -> dict[str, Tensor]:
        if not batch.choices:
            return {}
        names = [choice.names for _, choice in batch.choices]
        most = max(len(option_names) for option_names in names)
        positions = torch.tensor(
            [option_names + option_names[:1] * (most - len(option_names)) for option_names in names],
            device=hidden.device,
        )
        absent = torch.tensor(
            [[index >= len(option_names) for index in range(most)] for option_names in names],
            device=hidden.device,
        )
        right = torch.tensor([choice.right for _, choice in batch.choices], device=hidden.device)
        # As the answer's head sees it, so that what is learnt here is not too faint to be found there.
        seen = self._text.layers[ANSWER_LAYER].input_layernorm(hidden[positions])
        logits = self.option_head(seen)[..., 0].float().masked_fill(absent, -1e9)
        written = [name for option_names in names for name in option_names]
        letters = torch.tensor(
            [letter for _, choice in batch.choices for letter in choice.letters], device=hidden.device
        )
        return {
            "options": functional.cross_entropy(logits, right),
            "letters": functional.cross_entropy(self._logits(hidden[written]), letters),
        }
