"""ASR: LibriSpeech-long, found by scanning; transcripts lie beside the audio."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from amarathon.datasets.metadata import read_text
from amarathon.datasets.official.layout import Draft, OfficialSet
from amarathon.errors import DatasetError
from amarathon.tasks.sample import Exclusion


def _scan(folder: Path) -> Iterator[Draft | Exclusion]:
    """Every recording of ``<speaker>/<chapter>/``, and every transcript whose recording is missing."""
    for chapter in sorted(path for path in folder.glob("[!.]*/[!.]*") if path.is_dir()):
        speaker = chapter.parent.name
        shared = _read_shared(chapter / f"{speaker}-{chapter.name}.trans.txt")
        for stem in sorted(_stems(chapter)):
            path = f"{speaker}/{chapter.name}/{stem}.flac"
            try:
                words = _read_own(chapter / f"{stem}.txt") or shared.get(stem)
            except DatasetError as error:
                yield Exclusion(f"ASR/{path}", str(error))
                continue
            yield Draft(path=path, reference=words, sources=(f"LibriSpeech/{speaker}",))


def _read_own(path: Path) -> str:
    return read_text(path).strip() if path.exists() else ""


def _stems(chapter: Path) -> set[str]:
    files = [path for path in chapter.iterdir() if not path.name.startswith(".")]
    return {
        file.stem
        for file in files
        if file.suffix == ".flac" or (file.suffix == ".txt" and not file.name.endswith(".trans.txt"))
    }


def _read_shared(path: Path) -> Mapping[str, str]:
    """LibriSpeech's own form: one line for each recording, its name and then its words."""
    if not path.exists():
        return {}
    lines = (line.strip().partition(" ") for line in read_text(path).split("\n"))
    return {stem: words.strip() for stem, _, words in lines if stem}


SET = OfficialSet(code="ASR", folder="librispeech-long/test-clean", scan=_scan)
