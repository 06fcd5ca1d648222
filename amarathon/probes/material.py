"""Clips of a task on disk: made once, listened to by anyone, found unchanged or refused."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import soundfile
from filelock import FileLock

from amarathon.audio import SAMPLE_RATE, write_flac
from amarathon.construction.rendering import Origin
from amarathon.construction.seeds import digest
from amarathon.errors import DatasetError
from amarathon.probes.clips import ProbeClip, ProbeTask, data_sha256
from amarathon.probes.leaks import check_splits
from amarathon.settings import cache_folder

_MANIFEST = "manifest.json"


def probes_folder() -> Path:
    """Where clips and embeddings are kept, in the user's cache folder."""
    return cache_folder() / "probes"


def material(task: ProbeTask, folder: Path | None = None) -> list[ProbeClip]:
    """Find a task's clips, making them where they are not there yet; splits are checked either way.

    Parameters
    ----------
    task : ProbeTask
    folder : Path, optional
        `probes_folder` by default.

    Raises
    ------
    DatasetError
        A source cannot be had, the splits share something, or a file was changed.
    """
    packages = [package.sha256 for package in task.packages]
    key = digest(task.name, task.version, task.seconds, *packages).hex()[:12]
    target = (folder or probes_folder()) / "tasks" / f"{task.name}-{key}"
    if not target.is_dir():
        target.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{target}.lock"), TemporaryDirectory(dir=target.parent) as work:
            if not target.is_dir():
                clips = task.clips()
                check_splits(task.name, clips)
                _write(clips, Path(work) / "task")
                (Path(work) / "task").replace(target)
    clips = _read(target)
    check_splits(task.name, clips)
    return clips


def _write(clips: list[ProbeClip], folder: Path) -> None:
    folder.mkdir()
    rows = []
    for number, clip in enumerate(clips):
        file = f"{clip.split}-{number:04d}.flac"
        write_flac(folder / file, clip.samples)
        own = clip.origin
        rows.append(
            {
                "file": file,
                "id": clip.id,
                "label": clip.label,
                "split": clip.split,
                "group": clip.group,
                "source": own.source,
                "licence": own.licence,
                "author": own.author,
            }
        )
    content = {"data_sha256": data_sha256(clips), "clips": rows}
    (folder / _MANIFEST).write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")


def _read(folder: Path) -> list[ProbeClip]:
    try:
        content = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        clips = [_clip(folder, row) for row in content["clips"]]
        whole = data_sha256(clips) == content["data_sha256"]
    except (OSError, ValueError, KeyError, soundfile.SoundFileError) as error:
        raise DatasetError(f"The clips in {folder} cannot be read ({error}): delete the folder.") from error
    if not whole:
        raise DatasetError(f"The clips in {folder} are not those that were made: delete the folder.")
    return clips


def _clip(folder: Path, row: dict[str, str]) -> ProbeClip:
    pcm, rate = soundfile.read(folder / row["file"], dtype="int16")
    if rate != SAMPLE_RATE or pcm.ndim != 1:
        raise ValueError(f"{row['file']} is not 16 kHz mono")
    samples = pcm.astype(np.float32) / np.float32(32768)
    origin = Origin(row["source"], row["licence"], row["author"])
    return ProbeClip(row["id"], row["label"], row["split"], row["group"], samples, origin)  # type: ignore[arg-type]
