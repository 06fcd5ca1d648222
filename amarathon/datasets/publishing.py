"""Publishing a built dataset on the Hugging Face Hub."""

from dataclasses import dataclass
from pathlib import Path

from amarathon.datasets.folder import METADATA_FILE, read_attributions, read_folder
from amarathon.datasets.hub import as_dataset_errors
from amarathon.errors import DatasetError

CARD_FILE = "README.md"
NOT_LOGGED_IN = "Nobody is logged in to the Hub: run 'hf auth login' first."


@dataclass(frozen=True)
class Published:
    """What was published.

    Attributes
    ----------
    repository : str
    revision : str
        The commit.
    files, size_bytes : int
    """

    repository: str
    revision: str
    files: int
    size_bytes: int


def push(folder: Path, repository: str, *, private: bool = False) -> Published:
    """Publish a folder that was built: its card, metadata, manifest and audio, in one commit.

    Parameters
    ----------
    folder : Path
    repository : str
        A dataset id on the Hub; made where absent.
    private : bool
        Whether a dataset that is made is private.

    Returns
    -------
    Published

    Raises
    ------
    DatasetError
        The folder is not whole, a file's licence does not allow passing it on, nobody is logged in,
        or the Hub cannot be reached or refuses.
    """
    from huggingface_hub import HfApi
    from huggingface_hub.errors import LocalTokenNotFoundError

    names = _checked(folder)
    with as_dataset_errors(repository, "main"):
        api = HfApi()
        try:
            api.create_repo(repository, repo_type="dataset", private=private, exist_ok=True)
            done = api.upload_folder(
                repo_id=repository,
                repo_type="dataset",
                folder_path=folder,
                allow_patterns=names,
                commit_message=f"Publish {folder.resolve().name}",
            )
        except LocalTokenNotFoundError as error:
            raise DatasetError(NOT_LOGGED_IN) from error
    sizes = [(folder / name).stat().st_size for name in names]
    return Published(repository, done.oid, len(sizes), sum(sizes))


def _checked(folder: Path) -> list[str]:
    """The files to publish, once all of them may be."""
    from amarathon.datasets.licences import may_be_redistributed

    for needed in (CARD_FILE, METADATA_FILE):
        if not (folder / needed).is_file():
            raise DatasetError(f"The folder {folder.name} has no {needed}: build the dataset first.")
    samples, excluded = read_folder(folder)
    missing = [sample.id for sample in samples if not sample.audio.path.is_file()]
    if excluded or missing or not samples:
        first = [*(exclusion.record for exclusion in excluded), *missing, METADATA_FILE][0]
        raise DatasetError(f"The folder {folder.name} is not whole: {first} cannot be used.")
    for name, attribution in sorted(read_attributions(folder).items()):
        if not may_be_redistributed(attribution.licence):
            licence = attribution.licence or "unknown"
            raise DatasetError(f"The licence of {name} ({licence}) does not allow passing it on.")
    beside = [path.name for path in sorted(folder.iterdir()) if path.suffix in (".json", ".jsonl", ".md")]
    return [*beside, *dict.fromkeys(sample.audio.name for sample in samples)]
