"""Finished runs in little room, to be kept with the code or passed on."""

from pathlib import Path

from amarathon.errors import RunError
from amarathon.files import write_atomically
from amarathon.runs.reading import HEADER_FILE, PREDICTIONS_FILE, SUMMARY_FILE, open_part, pack, read_run
from amarathon.runs.summary import write_summary


def pack_run(folder: Path, to: Path) -> int:
    """Copy a run with its records compressed; every reader of runs reads the copy.

    Returns
    -------
    int
        Bytes of the copy.

    Raises
    ------
    RunError
        The run cannot be read or is not complete, or the copy's folder holds something.
    """
    run = read_run(folder)
    if to.exists() and any(to.iterdir()):
        raise RunError(f"{to} is not empty.")
    summary = write_summary(folder)
    if not summary.complete:
        raise RunError(f"{folder.name} is not complete: {summary.answered} of {summary.planned} answers.")
    to.mkdir(parents=True, exist_ok=True)
    for name in (PREDICTIONS_FILE, SUMMARY_FILE):
        with open_part(folder, name) as part:
            (to / f"{name}.xz").write_bytes(pack(part.read()))
    write_atomically(to / HEADER_FILE, (run.folder / HEADER_FILE).read_text(encoding="utf-8"))
    return sum(file.stat().st_size for file in to.iterdir())
