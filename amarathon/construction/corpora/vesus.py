"""VESUS: short acted utterances of one speaker and one emotion joined.

``Audio/<speaker>/<Emotion>/*.wav``.
"""

from pathlib import Path

from amarathon.construction.corpora.corpus import Corpus, CorpusRecording, present
from amarathon.construction.sources import Selection
from amarathon.tasks import TASKS
from amarathon.tasks.sample import Exclusion

_SPELLINGS = {"fear": "fearful", "anger": "angry", "happiness": "happy", "sadness": "sad"}


def read(source: Path) -> Selection[CorpusRecording]:
    """Find every utterance."""
    root = source / "Audio"
    present(source, "Audio/*/*/*.wav")
    kept, dropped = [], []
    for path in sorted(root.glob("*/*/*.wav")):
        name, spelling = path.relative_to(source).as_posix(), path.parent.name.lower()
        emotion = _SPELLINGS.get(spelling, spelling)
        if emotion in TASKS["ER"].labels:
            kept.append(CorpusRecording(path, name, f"speaker/{path.parent.parent.name}", (emotion,)))
        else:
            dropped.append(Exclusion(name, f"{path.parent.name} is none of the emotions."))
    return Selection(tuple(kept), tuple(dropped))


CORPUS = Corpus(
    "vesus",
    "ER",
    "VESUS, for research only",
    "VESUS (J. Sager and others)",
    read,
    together=lambda recording: (*recording.labels, recording.group),
    seconds=(90.0, 120.0),
    gap_s=0.3,
)
