"""RACE: passages of English examinations, read aloud here by a synthetic voice; the questions are its own.

``<split>/{high,middle}/<number>.txt``, each a JSON object with ``article``, ``questions``, ``options``
and ``answers``.
"""

from pathlib import Path

from amarathon.construction.corpora.corpus import Corpus, CorpusQuestion, CorpusRecording, present
from amarathon.construction.sources import Selection
from amarathon.datasets.metadata import parse_json, read_text
from amarathon.errors import DatasetError
from amarathon.tasks.sample import Exclusion


def read(source: Path) -> Selection[CorpusRecording]:
    """Find every passage with its questions."""
    present(source, "**/high/*.txt", "**/middle/*.txt")
    kept, dropped = [], []
    for path in sorted(source.rglob("*.txt")):
        name = path.relative_to(source).as_posix()
        if path.parent.name not in ("high", "middle"):
            continue
        try:
            kept.append(_passage(path, name))
        except (DatasetError, KeyError, TypeError, ValueError):
            dropped.append(Exclusion(name, "It is no passage with questions, options and answers."))
    return Selection(tuple(kept), tuple(dropped))


def _passage(path: Path, name: str) -> CorpusRecording:
    fields = parse_json(read_text(path), name)
    rows = zip(fields["questions"], fields["options"], fields["answers"], strict=True)
    questions = tuple(
        CorpusQuestion(text, tuple(options), "ABCD".index(letter)) for text, options, letter in rows
    )
    return CorpusRecording(
        path, name, f"article/{name}", (path.parent.name,), " ".join(fields["article"].split()), questions
    )


CORPUS = Corpus(
    "race",
    "SCR",
    "RACE, for research only",
    "RACE (G. Lai and others)",
    read,
    together=lambda recording: (recording.name,),
    seconds=(60.0, 300.0),
)
