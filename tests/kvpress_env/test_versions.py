"""This environment is the older one, and not the application's."""

from importlib.metadata import version


def test_versions() -> None:
    assert version("kvpress") == "0.5.5"
    assert version("transformers").startswith("5.2.")
    assert version("pandas").startswith("2.")
    assert version("torch").split("+")[0] == "2.13.0"
