"""DESED: ten-second clips with domestic events; clips of one main event are joined.

``metadata/**/<name>.tsv`` with ``filename``, ``onset``, ``offset``, ``event_label``; audio anywhere under
``audio/``.
"""

from collections import defaultdict
from pathlib import Path

from amarathon.construction.corpora.corpus import Corpus, CorpusRecording, present, table
from amarathon.construction.sources import Selection
from amarathon.datasets.listing import ABSENT
from amarathon.tasks import TASKS
from amarathon.tasks.sample import Exclusion


def read(source: Path) -> Selection[CorpusRecording]:
    """Find every clip with its events, the longest heard first."""
    present(source, "metadata/**/*.tsv", "audio/**/*.wav")
    audio = {path.name: path for path in sorted((source / "audio").rglob("*.wav"))}
    durations: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for listing in sorted((source / "metadata").rglob("*.tsv")):
        for row in table(listing, ("filename", "onset", "offset", "event_label")):
            if row["event_label"] in TASKS["SED"].labels:
                durations[row["filename"]][row["event_label"]] += float(row["offset"]) - float(row["onset"])
    kept, dropped = [], []
    for name, events in sorted(durations.items()):
        if name not in audio:
            dropped.append(Exclusion(name, ABSENT))
            continue
        labels = tuple(sorted(events, key=lambda label: (-events[label], label)))
        kept.append(CorpusRecording(audio[name], name, f"clip/{name}", labels))
    return Selection(tuple(kept), tuple(dropped))


CORPUS = Corpus(
    "desed",
    "SED",
    "DESED, per clip",
    "DESED (N. Turpault and others)",
    read,
    together=lambda recording: (recording.labels[0],),
    seconds=(270.0, 300.0),
    gap_s=0.2,
)
