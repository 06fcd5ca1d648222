"""The small bundled model: the thinker of Qwen2.5-Omni's class, at a size a laptop's CPU runs.

``"small"`` is the trained checkpoint where one is bundled. ``"small-untrained"`` has random weights: it
answers, measures and prunes like its big siblings, and knows nothing.
``python -m amarathon.models.small.build FOLDER`` writes the latter as a checkpoint folder.
"""

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, cast

from amarathon.models.dtypes import dtype_name
from amarathon.models.model_api import ModelIdentity

if TYPE_CHECKING:
    import torch

    from amarathon.models.qwen2_5_omni import Qwen25Omni

NOTICE = "Untrained: random weights. Its answers mean nothing; its timings and kept spans are real."
TRAINED_NOTICE = (
    "14 million parameters, trained for AudioMarathon-mini alone. It answers that benchmark's questions on "
    "synthetic voices, made sounds and rendered music; real voices, music and words it does not understand."
)
SEED = 20251007
NAME, UNTRAINED_NAME, _ADAPTER = "small", "small-untrained", "qwen2_5_omni"


def bundled_folder() -> Path:
    """Where the trained checkpoint lies, if one is bundled."""
    return Path(str(files("amarathon.assets"))) / "models" / "small"


def load_small(
    device: str, folder: Path | None = None, *, dtype: "torch.dtype | None" = None
) -> "Qwen25Omni":
    """Load the trained checkpoint; the untrained model where none is bundled.

    Parameters
    ----------
    device : str
        E.g. ``"cpu"``.
    folder : Path, optional
        `bundled_folder` by default.
    dtype : torch.dtype, optional
        float32 by default.
    """
    checkpoint = folder or bundled_folder()
    if not (checkpoint / "config.json").is_file():
        return load_untrained(device, NAME, dtype=dtype)
    import torch

    from amarathon.models.checkpoint import find_checkpoint
    from amarathon.models.qwen2_5_omni import Qwen25Omni

    revision = find_checkpoint(str(checkpoint)).revision
    chosen = dtype or torch.float32
    identity = ModelIdentity(NAME, revision, _ADAPTER, dtype_name(chosen), device, 0, TRAINED_NOTICE)
    return cast("Qwen25Omni", Qwen25Omni.load(checkpoint, identity, chosen))


def load_untrained(
    device: str, name: str = UNTRAINED_NAME, *, dtype: "torch.dtype | None" = None
) -> "Qwen25Omni":
    """Make the untrained model in memory, the same weights every time.

    Parameters
    ----------
    device : str
        E.g. ``"cpu"``.
    name : str
        For its records.
    dtype : torch.dtype, optional
        float32, in which the weights are drawn, by default.
    """
    from amarathon.models.checkpoint import parameter_hash
    from amarathon.models.qwen2_5_omni import Qwen25Omni
    from amarathon.models.small.recipe import feature_extractor, thinker, tokenizer

    model = thinker(SEED)
    revision = f"sha256:{parameter_hash(model)}"
    if dtype is not None:
        model = model.to(dtype)
    found = dtype_name(model.dtype)
    identity = ModelIdentity(name, revision, _ADAPTER, found, device, 0, NOTICE, untrained=True)
    return Qwen25Omni(model, tokenizer(), feature_extractor(), identity)
