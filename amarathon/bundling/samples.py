"""Make the bundled samples anew from Debian packages: `python -m amarathon.bundling.samples`.

It needs Debian's apt-get and dpkg-deb and a network. It writes
`samples/`, their entries in `manifest.json`, and `ATTRIBUTION.md`.
"""

import gzip
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from amarathon.assets import ASSETS_FOLDER, Asset, Part
from amarathon.audio import SAMPLE_RATE, load_audio, write_opus
from amarathon.bundling.listing import list_anew
from amarathon.bundling.prompts import (
    MUSIC,
    MUSIC_AUDIO,
    PROMPT_AUDIO,
    PROMPT_DOCUMENTS,
    PROMPT_TEXTS,
    PROMPTS_FOLDER,
    SPEECH,
    SpeechSample,
)
from amarathon.construction.mini.dictation import load_prompt
from amarathon.construction.prompt_texts import read_prompt_texts, spoken_text
from amarathon.errors import AmarathonError
from amarathon.packages.fetching import unpacked

SAMPLES_FOLDER = ASSETS_FOLDER / "samples"
GAP_S = 0.6
SPEECH_BITRATE = 24_000
MUSIC_BITRATE = 32_000
LEVEL_DBFS = -20.0
HIGHEST_PEAK_DBFS = -1.0
FADE_IN_S = 1.0
FADE_OUT_S = 4.0

Row = dict[str, Any]


def build() -> list[Asset]:
    """Build every sample and write all three lists of them.

    Returns
    -------
    list of Asset
        The whole manifest, other kinds of assets included.

    Raises
    ------
    AmarathonError
        A package cannot be had, or is not the one the recipe was written for.
    """
    SAMPLES_FOLDER.mkdir(exist_ok=True)
    prompts = unpacked(PROMPT_AUDIO)
    packed = (unpacked(PROMPT_DOCUMENTS) / PROMPT_TEXTS).read_bytes()
    texts = read_prompt_texts(gzip.decompress(packed).decode("utf-8"))
    built = [_speech(sample, prompts / PROMPTS_FOLDER, texts) for sample in SPEECH]
    built.append(_music(unpacked(MUSIC_AUDIO)))
    rows = [row for row, _ in built]
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (SAMPLES_FOLDER / "metadata.jsonl").write_text(lines, encoding="utf-8")
    return list_anew("sample", [asset for _, asset in built])


def _speech(sample: SpeechSample, folder: Path, texts: Mapping[str, str]) -> tuple[Row, Asset]:
    """Join prompts, a gap before each, after each and at the end."""
    gap = np.zeros(round(GAP_S * SAMPLE_RATE), np.float32)
    pieces, parts, length = [gap], [], len(gap)
    for name in sample.prompts:
        prompt = load_prompt(PROMPT_AUDIO, name, folder / f"{name}.g722").samples
        parts.append(Part(name, length / SAMPLE_RATE, len(prompt) / SAMPLE_RATE))
        pieces += [prompt, gap]
        length += len(prompt) + len(gap)
    asset = Asset(
        path=f"samples/{sample.id}.opus",
        kind="sample",
        title=sample.title,
        author="Allison Smith (recorded for Digium, Inc.)",
        licence="CC-BY-SA-3.0",
        licence_url="https://creativecommons.org/licenses/by-sa/3.0/",
        source=f"Debian package {PROMPT_AUDIO.name} {PROMPT_AUDIO.version} (Asterisk core sounds)",
        changes="prompts joined with gaps, levelled, encoded as mono Opus",
        sha256="",
        bytes=0,
        parts=tuple(parts),
    )
    row: Row = {
        "id": sample.id,
        "task": "ASR",
        "question": "",
        "options": [],
        "answer": None,
        "reference": " ".join(spoken_text(texts[name]) for name in sample.prompts),
        "sources": [f"{PROMPT_AUDIO.name}/{name}" for name in sample.prompts],
        "slices": {"kind": "speech"},
    }
    return _write(row, asset, np.concatenate(pieces), SPEECH_BITRATE)


def _music(files: Path) -> tuple[Row, Asset]:
    """Cut a span out of a track whose own metadata state its genre and its licence."""
    track = files / MUSIC.track
    with av.open(str(track), "r") as container:
        tags = {key.lower(): value for key, value in container.streams.audio[0].metadata.items()}
    if tags["genre"] != MUSIC.genre_tag or tags["license"] != MUSIC.licence_tag:
        raise AmarathonError(f"The track '{track.name}' no longer states the genre and licence expected.")
    start = round(MUSIC.start_s * SAMPLE_RATE)
    samples = load_audio(track).samples[start : start + round(MUSIC.duration_s * SAMPLE_RATE)]
    asset = Asset(
        path=f"samples/{MUSIC.id}.opus",
        kind="sample",
        title=f"{tags['title']} ({tags['album']})",
        author=tags["artist"],
        licence="GPL-2.0-or-later",
        licence_url="https://www.gnu.org/licenses/old-licenses/gpl-2.0.html",
        source=(
            f"Debian package {MUSIC_AUDIO.name} {MUSIC_AUDIO.version}, file {MUSIC.track}; it states: "
            f"{tags['copyright']}, license {tags['license']}, genre {tags['genre']}"
        ),
        changes=(
            f"{MUSIC.duration_s:g} s from {MUSIC.start_s:g} s on, faded in and out, mixed down to mono "
            "at 16 kHz, levelled, encoded as Opus"
        ),
        sha256="",
        bytes=0,
    )
    row: Row = {
        "id": MUSIC.id,
        "task": "MC",
        "question": "Which genre is this music?",
        "options": [{"text": text, "label": label} for text, label in MUSIC.options],
        "answer": MUSIC.answer,
        "reference": None,
        "sources": [f"{MUSIC_AUDIO.name}/{track.name}"],
        "slices": {"kind": "music"},
    }
    return _write(row, asset, _faded(samples), MUSIC_BITRATE)


def _write(row: Row, asset: Asset, samples: NDArray[np.float32], bitrate: int) -> tuple[Row, Asset]:
    path = ASSETS_FOLDER / asset.path
    write_opus(path, _levelled(samples), bitrate)
    audio = load_audio(path)
    asset = Asset(**vars(asset) | {"sha256": audio.sha256, "bytes": path.stat().st_size})
    facts = {
        "duration_s": round(audio.duration_s, 3),
        "sha256": audio.sha256,
        "pcm_sha256": audio.pcm_sha256,
        "licence": asset.licence,
        "author": asset.author,
        "source": asset.source,
    }
    return {"file_name": path.name} | row | facts, asset


def _levelled(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scale to one root-mean-square level, lower where a peak would come too close to full scale."""
    rms = float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))
    peak = float(np.abs(samples).max())
    gain = min(10 ** (LEVEL_DBFS / 20) / rms, 10 ** (HIGHEST_PEAK_DBFS / 20) / peak)
    return samples * np.float32(gain)


def _faded(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    fade_in, fade_out = round(FADE_IN_S * SAMPLE_RATE), round(FADE_OUT_S * SAMPLE_RATE)
    gains = np.ones(len(samples), np.float32)
    gains[:fade_in] = np.linspace(0, 1, fade_in)
    gains[-fade_out:] = np.linspace(1, 0, fade_out)
    return samples * gains


if __name__ == "__main__":
    for built_asset in build():
        print(f"{built_asset.path}  {built_asset.bytes:,} bytes  {built_asset.licence}")  # noqa: T201
