"""From a name to a folder of weights: the Hub, a local folder, and what can go wrong on the way."""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from amarathon.errors import ModelError, first_line
from amarathon.models.families import family_of_folder

if TYPE_CHECKING:
    import torch
    from torch import nn


# Where weights go, as transformers takes it: "auto" and its like, or devices by the names of parts.
DeviceMap = str | Mapping[str, "str | int"]

# Weights are read as safetensors only: a pickle could run code.
FILES = ("*.json", "*.safetensors", "*.txt", "*.jinja", "*.model")
# A second copy of the same weights, for other programs.
NOT_FILES = ("consolidated*.safetensors",)
# Maps that transformers makes by itself, over all devices.
SPREADING = ("auto", "balanced", "balanced_low_0", "sequential")
_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")


@dataclass(frozen=True)
class Checkpoint:
    """A folder of weights.

    Attributes
    ----------
    folder : Path
    name : str
        Hub id, or the folder's own name.
    revision : str
        Commit on the Hub, or ``"sha256:..."`` of the weights' bytes.
    """

    folder: Path
    name: str
    revision: str


def find_checkpoint(
    name: str, revision: str | None = None, check: Callable[[Path], object] | None = None
) -> Checkpoint:
    """Find a checkpoint by Hub id or folder; a Hub id is downloaded once.

    `check` is called as `download` does.

    Raises
    ------
    ModelError
        If there is no such folder or repository, it is gated, the network or the disk fails,
        or the folder holds no safetensors weights.
    """
    folder = Path(name).expanduser()
    if name and folder.is_dir():
        weights = sorted(folder.glob("*.safetensors"))
        if not weights or not (folder / "config.json").is_file():
            raise ModelError(
                f"The folder {folder.name} holds no checkpoint: config.json or *.safetensors is missing."
            )
        # Adapters lie in folders of their own.
        everything = sorted(folder.rglob("*.safetensors"))
        return Checkpoint(folder, folder.resolve().name, f"sha256:{_file_hash(everything)}")
    if not _HUB_ID.fullmatch(name):
        raise ModelError(
            f"{name!r} is neither small, nor a folder here, nor a Hub id like Qwen/Qwen2.5-Omni-3B."
        )
    downloaded = download(name, revision, check)
    # The Hub's cache names a snapshot's folder by its commit.
    return Checkpoint(downloaded, name, downloaded.name)


def _check_family(folder: Path) -> None:
    family_of_folder(folder).check_transformers()


def download(name: str, revision: str | None, check: Callable[[Path], object] | None = None) -> Path:
    """Fetch a checkpoint's files from the Hub into its cache; those that are there are kept.

    Parameters
    ----------
    name : str
    revision : str or None
    check : callable, optional
        Called with a folder that holds config.json alone, before the rest is fetched; raises where it cannot
        be run. By default it has to be a family's.

    Raises
    ------
    ModelError
        If there is no such repository or revision, it is gated, or the network or the disk fails.
    """
    from huggingface_hub import hf_hub_download, snapshot_download
    from huggingface_hub.errors import (
        GatedRepoError,
        HfHubHTTPError,
        LocalEntryNotFoundError,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    try:
        # Gigabytes are not fetched of what cannot be run.
        config = Path(hf_hub_download(name, "config.json", revision=revision))
        (check or _check_family)(config.parent)
        return Path(
            snapshot_download(
                name, revision=revision, allow_patterns=list(FILES), ignore_patterns=list(NOT_FILES)
            )
        )
    except GatedRepoError as error:
        raise ModelError(
            f"{name} is gated: accept its terms on the Hub and log in with `hf auth login`."
        ) from error
    except RepositoryNotFoundError as error:
        raise ModelError(
            f"There is no model {name} on the Hub, or it is private and you are not logged in."
        ) from error
    except RevisionNotFoundError as error:
        raise ModelError(f"{name} has no revision {revision!r}.") from error
    except LocalEntryNotFoundError as error:
        raise ModelError(
            f"{name} is not on this machine and the Hub cannot be reached to download it."
        ) from error
    except HfHubHTTPError as error:
        raise ModelError(f"The Hub did not deliver {name}: {first_line(error)}") from error
    except OSError as error:
        raise ModelError(f"{name} could not be downloaded: {first_line(error)}") from error


def check_memory(
    checkpoint: Checkpoint,
    prefixes: tuple[str, ...],
    bytes_per_weight: int,
    device: str,
    device_map: DeviceMap | None = None,
) -> None:
    """Refuse a checkpoint that cannot fit, before loading it.

    Parameters
    ----------
    checkpoint : Checkpoint
    prefixes : tuple of str
        Weights that are loaded; all, where none has such a prefix.
    bytes_per_weight : int
    device : str
        Where they go, if there is no map.
    device_map : str or mapping, optional

    Raises
    ------
    ModelError
        Naming what is needed and what there is, on the devices and on the host, through which each
        weight passes by itself.
    """
    sizes = dict(_weight_sizes(checkpoint.folder))
    loaded = {name: size for name, size in sizes.items() if name.startswith(prefixes)} or sizes
    needed = sum(loaded.values()) * bytes_per_weight
    devices = [device] if device_map is None else devices_of(device_map)
    if "disk" not in devices:
        where, free = ", ".join(devices), sum(available_memory(name) for name in devices)
        if needed > free:
            raise ModelError(
                f"{checkpoint.name} needs {needed / 1e9:.1f} GB for its weights on {where}, "
                f"where {free / 1e9:.1f} GB are free."
            )
    largest, free = max(loaded.values()) * bytes_per_weight, available_memory("cpu")
    if largest > free:
        raise ModelError(
            f"{checkpoint.name} needs {largest / 1e9:.1f} GB of the host's memory for its largest weight, "
            f"where {free / 1e9:.1f} GB are free."
        )


def devices_of(device_map: DeviceMap) -> list[str]:
    """The devices that a map may fill."""
    import torch

    if not isinstance(device_map, str):
        names = (f"cuda:{name}" if isinstance(name, int) else name for name in device_map.values())
        return list(dict.fromkeys(names))
    if device_map not in SPREADING:
        return [device_map]
    return [*(f"cuda:{number}" for number in range(torch.cuda.device_count())), "cpu"]


def check_complete(name: str, found: Mapping[str, Any], unused: tuple[str, ...]) -> None:
    """Refuse a model some of whose weights were not in its checkpoint: they would be random.

    Parameters
    ----------
    name : str
        The checkpoint's.
    found : mapping of str to Any
        transformers' loading information; what is tied to another weight is not missing there.
    unused : tuple of str
        Beginnings of names of weights that nothing uses.

    Raises
    ------
    ModelError
        Naming the first of them.
    """
    missing = sorted(key for key in found["missing_keys"] if not key.startswith(unused))
    if missing:
        raise ModelError(
            f"{name} lacks {len(missing)} of the model's weights, the first one {missing[0]}; "
            "complete the checkpoint's files."
        )
    other = sorted(part for part in found["mismatched_keys"] if not part[0].startswith(unused))
    if other:
        key, there, wanted = other[0]
        raise ModelError(
            f"{name} has {len(other)} weights of other shapes than its config.json says, "
            f"the first one {key}: {tuple(there)}, not {tuple(wanted)}."
        )


def is_spread(model: Any) -> bool:
    """Whether a model's parts are on several devices, or wait on a disk."""
    return len({str(where) for where in getattr(model, "hf_device_map", {}).values()}) > 1


def input_device(model: Any) -> "torch.device":
    """Where a model's token embeddings are read, on whichever devices its parts are."""
    import torch

    embeddings = model.get_input_embeddings()
    hook = getattr(embeddings, "_hf_hook", None)
    where = getattr(hook, "execution_device", None)
    return torch.device(embeddings.weight.device if where is None else where)


def available_memory(device: str) -> int:
    """Bytes that can still be allocated on a device; on a disk nobody counts them."""
    if device == "disk":
        return 0
    if device.startswith("cuda"):
        import torch

        return int(torch.cuda.mem_get_info(device)[0])
    import psutil

    return int(psutil.virtual_memory().available)


def _weight_sizes(folder: Path) -> Iterable[tuple[str, int]]:
    from safetensors import SafetensorError, safe_open

    for path in sorted(folder.glob("*.safetensors")):
        try:
            with safe_open(path, framework="pt") as weights:
                for name in weights.keys():  # noqa: SIM118 - not a mapping
                    count = 1
                    for size in weights.get_slice(name).get_shape():
                        count *= size
                    yield name, count
        except SafetensorError as error:
            raise ModelError(f"{path.name} is not a safetensors file: {first_line(error)}") from error


def _file_hash(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            while block := file.read(1 << 22):
                digest.update(block)
    return digest.hexdigest()


def parameter_hash(model: "nn.Module") -> str:
    """SHA-256 over a model's parameters, by name."""
    digest = hashlib.sha256()
    for name, weight in sorted(model.named_parameters()):
        digest.update(name.encode())
        digest.update(weight.detach().contiguous().cpu().numpy().tobytes())
    return digest.hexdigest()
