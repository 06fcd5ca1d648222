"""Loading weights on this machine by name; nothing here can reach a service."""

from typing import TYPE_CHECKING, Any

from amarathon.errors import ModelError, first_line
from amarathon.models.checkpoint import SPREADING, DeviceMap, devices_of
from amarathon.models.dtypes import choose_dtype, dtype_name
from amarathon.models.model_api import ModelIdentity
from amarathon.models.remote.address import is_remote

if TYPE_CHECKING:
    import torch

    from amarathon.models.open_model import OpenModel


def load_weights(
    name_or_path: str,
    *,
    revision: str | None = None,
    device: str | None = None,
    dtype: str | None = None,
    attn_implementation: str | None = None,
    device_map: "DeviceMap | None" = None,
) -> "OpenModel":
    """Load weights on this machine; parameters as of `amarathon.load_model`.

    Raises
    ------
    ModelError
        As there; and if the name is one of a service's model.
    """
    if is_remote(name_or_path):
        raise ModelError(f"{name_or_path} is a model behind a service, and here only weights are loaded.")
    import torch

    if device is not None and device_map is not None:
        raise ModelError("Name a device or a device_map, not both.")
    if isinstance(device_map, str) and device_map not in SPREADING:
        device, device_map = device_map, None
    where = device or ("cuda" if torch.cuda.is_available() else "cpu")
    if where.startswith("cuda") and not torch.cuda.is_available():
        raise ModelError("There is no CUDA device here; use device='cpu'.")
    if name_or_path in ("small", "small-untrained"):
        from amarathon.models.small import load_small, load_untrained

        # Recorded runs and the demo's are in float32 on every device.
        chosen = choose_dtype(dtype, where, default="float32")
        load = load_small if name_or_path == "small" else load_untrained
        lm = load(where, dtype=chosen)
        if attn_implementation is not None:
            _set_attention(lm, attn_implementation)
        return lm
    how = {"device_map": device_map, "attn_implementation": attn_implementation}
    return _load_checkpoint(name_or_path, revision, where, choose_dtype(dtype, where), how)


def _set_attention(lm: "OpenModel", name: str) -> None:
    try:
        lm.model.set_attn_implementation(name)
    except (ValueError, ImportError) as error:
        raise ModelError(
            f"{lm.identity.name} cannot use the attention {name!r}: {first_line(error)}"
        ) from error


def _load_checkpoint(
    name: str, revision: str | None, device: str, dtype: "torch.dtype", how: "dict[str, Any]"
) -> "OpenModel":
    from amarathon.models.adapters import adapter_class
    from amarathon.models.checkpoint import Checkpoint, check_memory, find_checkpoint
    from amarathon.models.families import family_of_folder
    from amarathon.models.fetched import FETCHED

    if name in FETCHED:
        fetched = FETCHED[name]
        fetched.check_fetched()
        checkpoint = Checkpoint(fetched.folder, fetched.name, fetched.revision)
    else:
        checkpoint = find_checkpoint(name, revision)
    adapter = adapter_class(family_of_folder(checkpoint.folder))
    check_memory(checkpoint, adapter.weight_prefixes, dtype.itemsize, device, how["device_map"])
    identity = ModelIdentity(
        name=checkpoint.name,
        revision=checkpoint.revision,
        adapter=adapter.family.name,
        dtype=dtype_name(dtype),
        device=device if how["device_map"] is None else ", ".join(devices_of(how["device_map"])),
        parameters=0,  # counted once it is loaded
    )
    try:
        return adapter.load(checkpoint.folder, identity, dtype, **how)
    except (OSError, ValueError, KeyError, RuntimeError, ImportError) as error:
        raise ModelError(f"{checkpoint.name} could not be loaded: {first_line(error)}") from error
