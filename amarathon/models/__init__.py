"""Audio language models behind one interface; see `open_model` and `model_api`."""

from typing import TYPE_CHECKING, Any, overload

from amarathon.errors import ModelError
from amarathon.models.model_api import ModelAPI, ModelIdentity

if TYPE_CHECKING:
    from amarathon.models.checkpoint import DeviceMap
    from amarathon.models.open_model import OpenModel
    from amarathon.models.remote.model import RemoteModel
    from amarathon.models.remote.options import ServiceOptions

__all__ = ["ModelAPI", "ModelIdentity", "load_model"]


@overload
def load_model(
    name_or_path: str,
    *,
    revision: str | None = None,
    device: str | None = None,
    dtype: str | None = None,
    attn_implementation: str | None = None,
    device_map: "DeviceMap | None" = None,
) -> "OpenModel": ...


@overload
def load_model(name_or_path: str, *, service: "ServiceOptions") -> "RemoteModel": ...


def load_model(
    name_or_path: str, *, service: "ServiceOptions | None" = None, **how: Any
) -> "OpenModel | RemoteModel":
    """Load a model by name.

    Parameters
    ----------
    name_or_path : str
        ``"small"`` for the bundled model, ``"small-untrained"`` for the same shape with random weights,
        ``"whisper"`` for Whisper tiny.en, which is fetched at set-up, a Hub id such as
        ``"Qwen/Qwen2.5-Omni-3B"``, or a local checkpoint folder. A model behind a service is named like
        ``"openai:gpt-audio-1.5"`` or ``"http://localhost:8000/v1#NAME"``.
    revision : str, optional
        Commit, tag or branch on the Hub.
    device : str, optional
        CUDA when present, else the CPU.
    dtype : {"bfloat16", "float16", "float32"}, optional
        bfloat16 on CUDA and float32 on the CPU by default; float32 for ``"small"``. A processor without
        instructions for it is named in a `ModelWarning`.
    attn_implementation : str, optional
        ``"sdpa"``, ``"eager"``, ``"flash_attention_2"`` or another that transformers knows.
    device_map : str or mapping, optional
        Instead of `device`, as transformers takes it: ``"auto"``, or devices by the names of parts. A
        model that is spread over several devices is compressed like any other.
    service : ServiceOptions, optional
        For a model behind a service, instead of the five before: how it is asked, and that it may be. One on
        this machine needs none.

    Returns
    -------
    OpenModel or RemoteModel

    Raises
    ------
    ModelError
        If there is no such model, its family is not supported, it cannot be downloaded, does not
        fit in memory, or its files are damaged; or if recordings may not be sent to a service.
    ServiceError
        If a service does not know the key or the model, or does not answer.
    """
    from amarathon.models.loading import load_weights
    from amarathon.models.remote import ServiceOptions, find_remote

    address = find_remote(name_or_path)
    if address is None:
        return load_weights(name_or_path, **how)
    if any(value is not None for value in how.values()):
        raise ModelError(
            f"{address.label} is asked elsewhere: {', '.join(how)} are for weights on this machine."
        )
    from amarathon.models.remote.connecting import connect

    return connect(address, service or ServiceOptions())
