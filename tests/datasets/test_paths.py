"""File names that metadata states: inside the dataset, or refused."""

from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amarathon.datasets.paths import relative_name
from amarathon.errors import DatasetError


@pytest.mark.parametrize(
    ("stated", "clean"),
    [
        ("a/b.wav", "a/b.wav"),
        ("a\\b.wav", "a/b.wav"),
        (" ./a//b.wav\n", "a/b.wav"),
        ("a..b/..c.wav", "a..b/..c.wav"),
        ("12:30.wav", "12:30.wav"),
        ("a.wav\r/.", "a.wav"),
        ("Ünïcode ñame.wav", "Ünïcode ñame.wav"),
    ],
)
def test_a_name_is_made_clean(stated: str, clean: str) -> None:
    assert relative_name(stated) == clean


@pytest.mark.parametrize(
    ("stated", "reason"),
    [
        ("", "names no audio file"),
        (" . ", "names no audio file"),
        ("/etc/passwd", "absolute"),
        ("\\\\server\\share\\a.wav", "absolute"),
        ("C:\\a.wav", "absolute"),
        ("c:a.wav", "absolute"),
        ("./C:/a.wav", "absolute"),
        ("../a.wav", "leads out"),
        ("a/../../b.wav", "leads out"),
        ("a\\..\\..\\b.wav", "leads out"),
        ("a.wav\0.txt", "zero byte"),
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(stated: str, reason: str) -> None:
    with pytest.raises(DatasetError, match=reason):
        relative_name(stated)


@given(
    st.lists(
        st.sampled_from(["..", ".", "", "a", "b ", "/", "\\", "C:", "\0", "//x"]) | st.text(), max_size=8
    )
)
def test_whatever_is_accepted_stays_inside(parts: list[str]) -> None:
    try:
        name = relative_name("/".join(parts))
    except DatasetError:
        return
    folder = Path("/dataset")
    assert PurePosixPath(name).parts
    assert ((folder / name).resolve()).is_relative_to(folder)
    assert relative_name(name) == name
