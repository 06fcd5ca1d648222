"""GTZAN: thirty-second clips of one genre joined.

``genres_original/<genre>/<genre>.<number>.wav``, or ``.au`` as first published.
"""

from pathlib import Path

from amarathon.construction.corpora.corpus import Corpus, CorpusRecording, present
from amarathon.construction.sources import Selection
from amarathon.tasks import TASKS
from amarathon.tasks.sample import Exclusion


def read(source: Path) -> Selection[CorpusRecording]:
    """Find every clip."""
    root = source / "genres_original" if (source / "genres_original").is_dir() else source
    present(root, "*/*.[wa][au]*")
    kept, dropped = [], []
    for path in sorted(path for path in root.glob("*/*") if path.suffix in (".wav", ".au")):
        name = path.relative_to(source).as_posix()
        if path.parent.name in TASKS["MC"].labels:
            kept.append(CorpusRecording(path, name, f"clip/{path.stem}", (path.parent.name,)))
        else:
            dropped.append(Exclusion(name, f"{path.parent.name} is none of the genres."))
    return Selection(tuple(kept), tuple(dropped))


CORPUS = Corpus(
    "gtzan",
    "MC",
    "GTZAN, for research only",
    "GTZAN (G. Tzanetakis and P. Cook)",
    read,
    together=lambda recording: recording.labels,
    seconds=(235.0, 240.0),
    crossfade_s=0.5,
)
