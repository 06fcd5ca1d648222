"""File names that a dataset states: relative, inside it, with forward slashes."""

from pathlib import PurePosixPath, PureWindowsPath

from amarathon.errors import DatasetError


def relative_name(stated: str) -> str:
    """A stated file name as a clean relative path with forward slashes.

    Backslashes count as separators, as metadata written on Windows has them. The check is on the
    name alone: a symbolic link inside a dataset may lead out of it, as in the Hub's own cache,
    where every file is one.

    Raises
    ------
    DatasetError
        The name is empty or absolute, or steps out of the dataset.
    """
    windows = PureWindowsPath(stated.strip())
    path = PurePosixPath(windows.as_posix())
    if not path.parts:
        raise DatasetError("It names no audio file.")
    if "\0" in stated:
        raise DatasetError("The name of its audio file has a zero byte in it.")
    if windows.drive or windows.root:
        raise DatasetError("The path of its audio file is absolute.")
    if ".." in path.parts:
        raise DatasetError("The path of its audio file leads out of the dataset.")
    return str(path)
