"""What the installed transformers cannot run is declared once, in the family, and refused with it."""

import json
from pathlib import Path

import pytest

from amarathon.errors import ModelError
from amarathon.models import family as family_file
from amarathon.models.adapters import adapter_class
from amarathon.models.families import FAMILIES, family_of_folder
from tests.models.families.tiny import ALL_TINY, TINY


def test_families_that_are_not_run_here_are_refused(tmp_path):
    left_out = [family for family in FAMILIES if not family.runs]
    assert {family.name for family in left_out} == set(ALL_TINY) - set(TINY)
    for family in left_out:
        (tmp_path / "config.json").write_text(
            json.dumps({"model_type": family.model_types[0]}), encoding="utf-8"
        )
        with pytest.raises(
            ModelError, match=f"{family.title} needs transformers {family.needs_transformers}"
        ):
            adapter_class(family_of_folder(tmp_path))


@pytest.mark.parametrize("version", ["5.2.0", "5.22.3", "5.3.0.dev0"])
def test_gemma_3ns_audio_needs_a_new_transformers(version, monkeypatch):
    monkeypatch.setattr(family_file.metadata, "version", lambda _name: version)
    assert {family.name for family in FAMILIES if not family.runs} == {
        "gemma3n",
        "gemma4",
        "gemma4_unified",
        "glmasr",
        "granite_speech_plus",
        "musicflamingo",
    }
    with pytest.raises(
        ModelError, match=f"Gemma 3n needs transformers 5.23 or newer.*{version} is installed"
    ):
        adapter_class(next(family for family in FAMILIES if family.name == "gemma3n"))


def test_the_documentation_names_every_family_and_what_it_needs():
    root = Path(__file__).parents[3]
    readme, page = (
        " ".join((root / name).read_text(encoding="utf-8").split())
        for name in ("README.md", "docs/how-to/library.md")
    )
    for family in FAMILIES:
        assert family.title in readme
        if family.needs_transformers != "5.2":
            assert f"{family.title} (with transformers {family.needs_transformers} or newer)" in page
