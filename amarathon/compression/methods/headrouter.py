"""HeadRouter: keep what the heads attend to that speak for this kind of question."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from amarathon.compression.attention import AttentionInputs
from amarathon.compression.methods.base import PruningMethod
from amarathon.compression.methods.contexts import SelectionContext
from amarathon.errors import ConfigurationError

if TYPE_CHECKING:
    import torch

    from amarathon.compression.profiles import HeadProfile

# The last prompt tokens that probe the audio: the question's end and the turn's opening.
PROBES = 16
UNCALIBRATED = "none"


@dataclass(frozen=True)
class HeadRouter(PruningMethod):
    """Mix heads by how selective they are, and keep the tokens that the mixture attends to.

    Each head of the layer before is probed by the prompt's last tokens without rotary position
    embedding. Its selectivity s_h is one minus the normalised entropy of its attention over the
    audio. A soft router, exp(-|s - mu_k|^2 / 2 sigma^2), mixes the head weights of two profiles,
    semantic and acoustic, and a token's score is sum_h w_h p_h.

    A reimplementation: the paper publishes no code and leaves probe layer, selectivity, profiles
    and sigma open. ``profile=none`` is the uncalibrated fallback, w_h proportional to s_h.

    Attributes
    ----------
    profile : str
        Name of a profile that ``amarathon calibrate`` wrote, or ``"none"``.

    References
    ----------
    HeadRouter (arXiv 2604.23717).
    """

    name: ClassVar[str] = "headrouter"
    title: ClassVar[str] = "HeadRouter, reimplemented"
    summary: ClassVar[str] = (
        "Weighs attention heads by how selective they are, and keeps the "
        "audio tokens that the best of them attend to."
    )
    paper: ClassVar[str] = "https://arxiv.org/abs/2604.23717"
    queries: ClassVar[int | None] = PROBES

    profile: str = UNCALIBRATED

    def select(self, context: SelectionContext) -> "torch.Tensor":
        """See `PruningMethod.select`.

        Raises
        ------
        ConfigurationError
            If the profile is missing, damaged, or made for another layer or number of heads.
        """
        attended = head_attention(context.inputs.without_rotary(), context.audio_positions)
        context.weights = self.head_weights(attended) @ attended
        return heaviest(context.weights, context.budget)

    def check_recording(self, pcm_sha256: str) -> None:
        """See `Method.check_recording`: calibration recordings are refused."""
        if self.profile == UNCALIBRATED:
            return
        from amarathon.compression.profiles import load_profile

        if pcm_sha256 in load_profile(self.profile).recordings:
            raise ConfigurationError(
                f"The profile {self.profile!r} was calibrated on this recording, so it is not scored with it."
            )

    def head_weights(self, attended: "torch.Tensor") -> "torch.Tensor":
        """Weigh the heads by their attention of shape (heads, N); shape (heads,)."""
        selectivity = head_selectivity(attended)
        if self.profile == UNCALIBRATED:
            return selectivity
        return routed_weights(selectivity, self._load(len(attended)))

    def _load(self, heads: int) -> "HeadProfile":
        from amarathon.compression.profiles import load_profile

        profile = load_profile(self.profile)
        if len(profile.semantic.weights) != heads or profile.layer != self.layer:
            raise ConfigurationError(
                f"The HeadRouter profile {self.profile!r} is for layer {profile.layer} of {profile.model}, "
                f"with {len(profile.semantic.weights)} heads; here are {heads} heads at layer {self.layer}."
            )
        return profile


@dataclass(frozen=True)
class SingleHead(HeadRouter):
    """HeadRouter with one head alone; calibration judges heads by it. Not in the registry.

    Attributes
    ----------
    head : int
    """

    head: int = 0

    def head_weights(self, attended: "torch.Tensor") -> "torch.Tensor":
        """See `HeadRouter.head_weights`: one for the head, zero for the others."""
        import torch

        weights: torch.Tensor = torch.arange(len(attended), device=attended.device).eq(self.head).float()
        return weights


def head_attention(
    inputs: AttentionInputs, positions: "torch.Tensor", probes: int = PROBES
) -> "torch.Tensor":
    """Each head's attention to the audio, averaged over the last `probes` queries; (heads, N)."""
    size = min(probes, inputs.query.shape[1])
    return inputs.window(size)[:, :, positions].mean(dim=1)


def head_selectivity(attended: "torch.Tensor") -> "torch.Tensor":
    """One minus the normalised entropy of each head's attention over the audio; (heads,), 0 to 1."""
    import torch

    if attended.shape[1] == 1:
        return torch.ones(len(attended), device=attended.device)
    shares = attended / attended.sum(dim=1, keepdim=True)
    entropy: torch.Tensor = -torch.special.xlogy(shares, shares).sum(dim=1)
    return 1 - entropy / math.log(attended.shape[1])


def routed_weights(selectivity: "torch.Tensor", profile: "HeadProfile") -> "torch.Tensor":
    """Mix a profile's two sets of head weights by the soft router; (heads,), summing to 1."""
    import torch

    kinds = (profile.semantic, profile.acoustic)
    centres = torch.tensor([kind.selectivity for kind in kinds], device=selectivity.device)
    weights = torch.tensor([kind.weights for kind in kinds], device=selectivity.device)
    distance = (centres - selectivity).square().sum(dim=1)
    # A softmax of the exponents is the normalised router, and cannot underflow to 0 / 0.
    gates = (-distance / (2 * profile.sigma**2)).softmax(dim=0)
    return gates @ (weights / weights.sum(dim=1, keepdim=True))


def heaviest(scores: "torch.Tensor", budget: int) -> "torch.Tensor":
    """Sorted indices of the `budget` tokens with the largest weighted attention."""
    ranked = scores.argsort(descending=True, stable=True)
    return ranked[:budget].sort().values
