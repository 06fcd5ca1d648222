"""HAD, half-truth audio detection: utterances with spliced-in synthetic words, and whole ones.

``*label.txt`` with a line for each file: its name, the spans, 1 for real or 0 for fake; audio anywhere.
Real and fake come from the same recordings, so band and codec are alike; both are joined the same way.
"""

from pathlib import Path

from amarathon.construction.corpora.corpus import Corpus, CorpusRecording, present
from amarathon.construction.sources import Selection
from amarathon.datasets.listing import ABSENT
from amarathon.datasets.metadata import read_text
from amarathon.tasks.sample import Exclusion

_LABELS = {"1": "real", "0": "fake"}


def read(source: Path) -> Selection[CorpusRecording]:
    """Find every utterance."""
    present(source, "**/*label.txt", "**/*.wav")
    audio = {path.stem: path for path in sorted(source.rglob("*.wav"))}
    kept, dropped = [], []
    for listing in sorted(source.rglob("*label.txt")):
        for line in filter(str.strip, read_text(listing).splitlines()):
            fields = line.split()
            name = fields[0].removesuffix(".wav")
            if name not in audio:
                dropped.append(Exclusion(name, ABSENT))
            elif fields[-1] not in _LABELS:
                dropped.append(Exclusion(name, f"{fields[-1]} is neither 1 for real nor 0 for fake."))
            else:
                kept.append(CorpusRecording(audio[name], name, f"utterance/{name}", (_LABELS[fields[-1]],)))
    return Selection(tuple(kept), tuple(dropped))


CORPUS = Corpus(
    "had",
    "SD",
    "HAD, CC-BY-NC-SA",
    "HAD (J. Yi and others)",
    read,
    together=lambda recording: recording.labels,
    seconds=(180.0, 300.0),
    gap_s=0.3,
)
