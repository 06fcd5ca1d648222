"""The small bundled model: the thinker of Qwen2.5-Omni's class, at a size a laptop's CPU runs.

Its weights are random: it answers, measures and prunes like its big siblings, and knows nothing.
``python -m amarathon.models.small.build FOLDER`` writes it as a checkpoint folder.
"""

from typing import TYPE_CHECKING

from amarathon.models.responder import ModelIdentity

if TYPE_CHECKING:
    from amarathon.models.qwen2_5_omni import Qwen25Omni

NOTICE = "Untrained: random weights. Its answers mean nothing; its timings and kept spans are real."
SEED = 20251007


def load_small(device: str) -> "Qwen25Omni":
    """Make the small model in memory, the same weights every time.

    Parameters
    ----------
    device : str
        E.g. ``"cpu"``.
    """
    import torch

    from amarathon.models.checkpoint import parameter_hash
    from amarathon.models.qwen2_5_omni import Qwen25Omni
    from amarathon.models.small.recipe import feature_extractor, thinker, tokenizer

    model = thinker(SEED)
    identity = ModelIdentity(
        name="small",
        revision=f"sha256:{parameter_hash(model)}",
        adapter=Qwen25Omni.family.name,
        dtype=str(torch.float32).removeprefix("torch."),
        device=device,
        parameters=0,  # counted once it is loaded
        notice=NOTICE,
    )
    return Qwen25Omni(model, tokenizer(), feature_extractor(), identity)
