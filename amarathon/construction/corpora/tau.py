"""TAU Urban Acoustic Scenes 2019 and 2020: ten-second segments of one place joined again.

``meta.csv`` with ``filename``, ``scene_label``, ``identifier`` and ``source_label``, tab separated, and the
files that it names. Labels are the corpus's own: ``metro_station`` stays ``metro_station``.
"""

from pathlib import Path

from amarathon.construction.corpora.corpus import Corpus, CorpusRecording, present, table
from amarathon.construction.sources import Selection
from amarathon.datasets.listing import ABSENT
from amarathon.tasks import TASKS
from amarathon.tasks.sample import Exclusion


def read(source: Path) -> Selection[CorpusRecording]:
    """Find every segment with its scene and its place."""
    (listing,) = present(source, "meta.csv")
    kept, dropped = [], []
    for row in table(listing, ("filename", "scene_label", "identifier")):
        name, scene = row["filename"], row["scene_label"]
        if not (source / name).is_file():
            dropped.append(Exclusion(name, ABSENT))
        elif scene not in TASKS["ASC"].labels:
            dropped.append(Exclusion(name, f"{scene} is none of the scenes."))
        else:
            kept.append(CorpusRecording(source / name, name, f"place/{row['identifier']}", (scene,)))
    return Selection(tuple(kept), tuple(dropped))


CORPUS = Corpus(
    "tau",
    "ASC",
    "TAU, non-commercial",
    "TAU Urban Acoustic Scenes (T. Heittola and others)",
    read,
    together=lambda recording: (*recording.labels, recording.group.rpartition("-")[0]),
    seconds=(90.0, 210.0),
    crossfade_s=0.5,
)
