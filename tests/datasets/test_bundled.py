"""The samples that come with the package."""

from pathlib import Path

import pytest

from amarathon.datasets import load_dataset
from amarathon.datasets.bundled import bundled_folder
from amarathon.datasets.folder import read_attributions
from amarathon.errors import DatasetError
from amarathon.files import file_sha256


@pytest.mark.parametrize("name", ["bundled", "examples"])
def test_all_of_them_can_be_used_and_are_attributed(name: str) -> None:
    found = load_dataset(name)
    assert found.name == name
    assert found.samples
    assert found.exclusions == ()
    attributions = read_attributions(bundled_folder(name))
    for sample in found.samples:
        attribution = attributions[sample.id]
        assert attribution.licence
        assert attribution.author
        assert attribution.source
        assert sample.audio.sha256 == file_sha256(sample.audio.path)


def test_a_folder_that_is_called_so_is_reached_by_its_path(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="There is no dataset"):
        load_dataset(tmp_path / "bundled")
