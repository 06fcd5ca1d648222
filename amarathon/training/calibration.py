"""Calibrating HeadRouter on one model: which heads' attention keeps the answer in reach.

For each labelled sample every head of the probed layer selects tokens alone, and is judged by the log
probability that the pruned model gives to the right option's letter. Heads are weighted by a softmax
of their mean, once over semantic and once over acoustic tasks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from amarathon.errors import DatasetError
from amarathon.tasks import EVERY_TASK
from amarathon.tasks.sample import Sample

if TYPE_CHECKING:
    import torch

    from amarathon.audio import Audio
    from amarathon.compression.profiles import HeadProfile, HeadWeights, Kind
    from amarathon.models.open_model import OpenModel

# Standard deviations of selectivity are this wide at least; one sample of a kind has none.
LEAST_SIGMA = 0.01
# The share removed while a head is judged: hard enough to tell heads apart.
JUDGED_AT = Fraction("0.7")


@dataclass(frozen=True)
class HeadEvidence:
    """What one sample says about the heads.

    Attributes
    ----------
    kind : {"semantic", "acoustic"}
        Of its task: speech content is semantic, everything else acoustic.
    selectivity : Tensor of shape (heads,)
    log_probability : Tensor of shape (heads,)
        Of the right letter, after each head selected alone.
    recording : str
        SHA-256 of the PCM.
    """

    kind: "Kind"
    selectivity: "torch.Tensor"
    log_probability: "torch.Tensor"
    recording: str


def gather_evidence(model: "OpenModel", audio: "Audio", sample: Sample, layer: int = 2) -> HeadEvidence:
    """Judge every head of layer `layer` - 1 on one labelled multiple-choice sample."""
    import torch

    from amarathon.compression import Configuration
    from amarathon.compression.methods.headrouter import SingleHead, head_attention, head_selectivity
    from amarathon.generation.decoding import GreedyDecoder
    from amarathon.generation.embedded_prompt import embed

    model.family.check_takes("calibration")
    if sample.answer is None:
        raise DatasetError(f"Sample {sample.id} has no right option to calibrate on.")
    prompt = model.prompt(audio, EVERY_TASK[sample.task].messages(sample))
    encoded = torch.cat([part for _, part in model.encode_parts(prompt)])
    decoder = GreedyDecoder(model, embed(model, prompt, encoded))
    any_head = Configuration((SingleHead(amount=JUDGED_AT, layer=layer),))
    prefix = decoder.shared_prefix([any_head])
    attended = head_attention(prefix.attention[layer - 1].without_rotary(), prompt.audio_positions)
    letter = model.tokenizer(EVERY_TASK[sample.task].letters[sample.answer], add_special_tokens=False)[
        "input_ids"
    ][0]
    judged = []
    for head in range(len(attended)):
        alone = SingleHead(amount=JUDGED_AT, layer=layer, head=head)
        logits = decoder.first_logits(Configuration((alone,)), prefix)
        judged.append(logits.log_softmax(dim=-1)[letter])
    return HeadEvidence(
        kind="semantic" if EVERY_TASK[sample.task].group == "Speech Content Extraction" else "acoustic",
        selectivity=head_selectivity(attended).cpu(),
        log_probability=torch.stack(judged).cpu(),
        recording=audio.pcm_sha256,
    )


def fit_profile(model: "OpenModel", evidence: Sequence[HeadEvidence], layer: int = 2) -> "HeadProfile":
    """Make a profile from the evidence of labelled samples.

    Parameters
    ----------
    model : OpenModel
        The model that gave the evidence.
    evidence : sequence of HeadEvidence
        At least one of each kind.
    layer : int

    Raises
    ------
    DatasetError
        If a kind of question is missing.
    """
    import torch

    from amarathon.compression.profiles import HeadProfile

    kinds: dict[Kind, list[HeadEvidence]] = {"semantic": [], "acoustic": []}
    for one in evidence:
        kinds[one.kind].append(one)
    if missing := [kind for kind, found in kinds.items() if not found]:
        raise DatasetError(f"Calibration needs {missing[0]} samples too, and there are none.")
    spread = torch.cat(
        [stacked - stacked.mean(dim=0) for found in kinds.values() for stacked in [_selectivities(found)]]
    )
    # Width of the router: the typical distance of a sample from the middle of its own kind.
    sigma = float(spread.square().sum(dim=1).mean().sqrt())
    return HeadProfile(
        model=model.identity.name,
        revision=model.identity.revision,
        layer=layer,
        sigma=max(sigma, LEAST_SIGMA),
        semantic=_head_weights(kinds["semantic"]),
        acoustic=_head_weights(kinds["acoustic"]),
        recordings=tuple(sorted({one.recording for one in evidence})),
    )


def _selectivities(evidence: Sequence[HeadEvidence]) -> "torch.Tensor":
    import torch

    return torch.stack([one.selectivity for one in evidence])


def _head_weights(evidence: Sequence[HeadEvidence]) -> "HeadWeights":
    import torch

    from amarathon.compression.profiles import HeadWeights

    judged = torch.stack([one.log_probability for one in evidence]).mean(dim=0)
    return HeadWeights(
        selectivity=tuple(_selectivities(evidence).mean(dim=0).tolist()),
        weights=tuple(judged.softmax(dim=0).tolist()),
    )
