"""LibriSpeech and LibriSpeech-long: utterances of one reader and chapter, in their order.

``<split>/<speaker>/<chapter>/<speaker>-<chapter>-<number>.flac`` with the chapter's
``<speaker>-<chapter>.trans.txt``, or a ``.txt`` of its own beside each file.
"""

from pathlib import Path

from amarathon.construction.corpora.corpus import Corpus, CorpusRecording, present
from amarathon.construction.sources import Selection
from amarathon.datasets.metadata import read_text
from amarathon.tasks.sample import Exclusion


def read(source: Path) -> Selection[CorpusRecording]:
    """Find every utterance with its transcript."""
    present(source, "**/*.flac")
    kept, dropped = [], []
    chapters: dict[Path, dict[str, str]] = {}
    for path in sorted(source.rglob("*.flac")):
        name = path.relative_to(source).as_posix()
        texts = chapters.setdefault(path.parent, {})
        for listing in [] if texts else path.parent.glob("*.trans.txt"):
            for line in read_text(listing).splitlines():
                stem, _, words = line.partition(" ")
                texts[stem] = words.strip()
        own = path.with_suffix(".txt")
        text = read_text(own).strip() if own.is_file() else texts.get(path.stem, "")
        if text:
            kept.append(CorpusRecording(path, name, f"speaker/{path.parent.parent.name}", text=text))
        else:
            dropped.append(Exclusion(name, "It has no transcript."))
    return Selection(tuple(kept), tuple(dropped))


CORPUS = Corpus(
    "librispeech",
    "ASR",
    "CC-BY-4.0",
    "LibriSpeech (V. Panayotov and others), from LibriVox",
    read,
    together=lambda recording: (str(recording.path.parent),),
    ordered=True,
    seconds=(60.0, 240.0),
    gap_s=0.2,
)
