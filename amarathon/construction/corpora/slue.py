"""SLUE (VoxPopuli): speeches with named entities; which of four is named?

``slue-voxpopuli_<split>.tsv`` with ``id``, ``raw_text``, ``speaker_id`` and ``raw_ner``, audio in
``<split>/<id>.ogg``.
"""

from pathlib import Path

from amarathon.construction.corpora.corpus import Corpus, CorpusRecording, present, table
from amarathon.construction.sources import Selection
from amarathon.datasets.listing import ABSENT
from amarathon.datasets.metadata import parse_json
from amarathon.tasks.sample import Exclusion


def read(source: Path) -> Selection[CorpusRecording]:
    """Find every speech with the entities named in it."""
    present(source, "slue-voxpopuli_*.tsv")
    kept, dropped = [], []
    for listing in sorted(source.glob("slue-voxpopuli_*.tsv")):
        split = listing.stem.rpartition("_")[2]
        for row in table(listing, ("id", "raw_text", "speaker_id", "raw_ner")):
            name = f"{split}/{row['id']}.ogg"
            if not (source / name).is_file():
                dropped.append(Exclusion(name, ABSENT))
                continue
            spans = parse_json(row["raw_ner"], listing.name) if row["raw_ner"] not in ("", "None") else []
            named = tuple(dict.fromkeys(row["raw_text"][at : at + length] for _, at, length in spans or []))
            kept.append(
                CorpusRecording(source / name, name, f"speaker/{row['speaker_id']}", named, row["raw_text"])
            )
    return Selection(tuple(kept), tuple(dropped))


CORPUS = Corpus(
    "slue",
    "SER",
    "CC0-1.0",
    "VoxPopuli (European Parliament); SLUE annotations (S. Shon and others)",
    read,
    together=lambda recording: (recording.group,),
    seconds=(165.0, 300.0),
    gap_s=0.3,
)
