"""Telephone prompts with the words that their package says are spoken in them."""

import gzip
from collections.abc import Iterable, Mapping
from functools import cache

from amarathon.assets import ASSETS_FOLDER
from amarathon.construction.merging import Clip
from amarathon.construction.mini.dictation import load_prompt, prompt_files
from amarathon.construction.prompt_texts import read_prompt_texts, spoken_text
from amarathon.datasets.metadata import parse_json, read_text
from amarathon.packages.declared import PROMPT_TEXTS_EN, PROMPTS_EN
from amarathon.packages.fetching import unpacked

TEXTS = "usr/share/doc/asterisk-core-sounds-en/core-sounds-en.txt.gz"
_BUNDLED = ASSETS_FOLDER / "samples" / "metadata.jsonl"


def clips_of(names: Iterable[str]) -> list[Clip]:
    """Prompts by name, e.g. ``"vm-next"``, with their words.

    Raises
    ------
    AmarathonError
        A prompt's text does not state the exact words spoken.
    """
    texts, files = _texts(), prompt_files(PROMPTS_EN)
    clips = [load_prompt(PROMPTS_EN, name, files[name]) for name in names]
    return [Clip(clip.samples, clip.origin, spoken_text(texts[clip.what])) for clip in clips]


def bundled(sample: str) -> tuple[str, ...]:
    """Names of the prompts that a bundled sample was joined from, in order."""
    for number, line in enumerate(read_text(_BUNDLED).splitlines(), 1):
        row = parse_json(line, _BUNDLED.name, first_line=number)
        if row["id"] == sample:
            return tuple(source.partition("/")[2] for source in row["sources"])
    raise LookupError(sample)


@cache
def _texts() -> Mapping[str, str]:
    packed = (unpacked(PROMPT_TEXTS_EN) / TEXTS).read_bytes()
    return read_prompt_texts(gzip.decompress(packed).decode("utf-8"))
