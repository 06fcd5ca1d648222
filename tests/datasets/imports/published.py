"""Small tables of each benchmark in its published form; the mapping files say where that is seen."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import soundfile

RATE = 16_000


def sound(number: int, format: str = "WAV", seconds: float = 0.5) -> bytes:
    """A recording of its own."""
    time = np.arange(int(seconds * RATE)) / RATE
    file = io.BytesIO()
    soundfile.write(file, 0.3 * np.sin(2 * np.pi * (200 + 10 * number) * time), RATE, format=format)
    return file.getvalue()


def cell(number: int, suffix: str = ".wav") -> dict[str, Any]:
    """As the Hub's Audio feature stores one."""
    return {
        "bytes": sound(number, {".wav": "WAV", ".flac": "FLAC", ".mp3": "MP3"}[suffix]),
        "path": f"{number}{suffix}",
    }


def parquet(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows), path)


def _files(folder: Path, *names: str) -> None:
    for number, name in enumerate(names):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(sound(number))


def mmau(folder: Path) -> None:
    shared = {
        "dataset": "AudioSet",
        "task": "sound",
        "split": "test-mini",
        "category": "Reasoning",
        "sub-category": "Temporal",
        "difficulty": "easy",
    }
    parquet(
        folder / "data/test_mini-00000-of-00001.parquet",
        [
            {
                "id": "a1",
                "audio": cell(1),
                "question": "What is heard?",
                "choices": "['A dog', \"A cat's cry\"]",
                "answer": "A cat's cry",
                **shared,
            },
            {
                "id": "a2",
                "audio": cell(2),
                "question": "How often?",
                "choices": '["Once", "Twice", "Never", "Often"]',
                "answer": "Often",
                **shared,
            },
        ],
    )


def mmau_pro(folder: Path) -> None:
    def row(name: str, paths: list[str], choices: list[str], answer: str | None) -> dict[str, Any]:
        return {
            "id": name,
            "audio_path": paths,
            "question": "Which?",
            "answer": answer,
            "choices": choices,
            "length_type": "long",
            "perceptual_skills": ["Pitch"],
            "reasoning_skills": [],
            "category": "music",
            "transcription": None,
            "task_classification": "closed",
            "task_identifier": None,
            "kwargs": None,
            "sub-cat": "x",
        }

    _files(folder, "data/p1.wav", "data/p2.wav", "data/p3.wav")
    parquet(
        folder / "test.parquet",
        [
            row("p1", ["data/p1.wav"], ["one", "two", "three", "four", "five", "six"], "six"),
            row("p2", ["data/p2.wav"], ["one", "two"], "one"),
            row("open", ["data/p3.wav"], [], "anything"),
            row("several", ["data/p1.wav", "data/p2.wav"], ["one", "two"], "one"),
        ],
    )


def mmar(folder: Path) -> None:
    rows = [
        {
            "id": name,
            "audio_path": f"./audio/{name}.wav",
            "question": "Who?",
            "choices": ["He", "She", "It"],
            "answer": answer,
            "modality": "speech",
            "category": "Semantic Layer",
            "sub-category": "Content",
            "language": "en",
            "source": "youtube",
            "url": "https://video/1",
            "timestamp": "00:00,00:01",
        }
        for name, answer in (("v_1", "She"), ("v_2", "It"))
    ]
    _files(folder, "audio/v_1.wav", "audio/v_2.wav")
    (folder / "MMAR-meta.json").write_text(json.dumps(rows))


def mmsu(folder: Path) -> None:
    parquet(
        folder / "default/train/0000.parquet",
        [
            {
                "audio": cell(number),
                "id": f"m{number}",
                "task_name": "pitch",
                "question": "Which?",
                "choice_a": "up",
                "choice_b": "down",
                "choice_c": "flat",
                "choice_d": "none",
                "answer_gt": gold,
                "category": "Perception",
                "sub-category": "Linguistics",
                "sub-sub-category": "Phonology",
                "linguistics_sub_discipline": "Prosody",
            }
            for number, gold in ((1, "flat"), (2, "up"))
        ],
    )


def blab(folder: Path) -> None:
    rows = [
        {
            "video_url": f"https://video/{number}",
            "audio": f"clip_{number}.wav",
            "question": "Which emotion?",
            "option_A": "joy",
            "option_B": "fear",
            "option_C": "rage",
            "option_D": "calm",
            "correct_option": letter,
        }
        for number, letter in ((0, "D"), (1, "B"))
    ]
    _files(folder, "clip_0.wav", "clip_1.wav")
    path = folder / "blab_long_audio/emotion_reasoning.json"
    path.parent.mkdir()
    path.write_text(json.dumps(rows))


def librispeech(folder: Path) -> None:
    parquet(
        folder / "clean/test/0000.parquet",
        [
            {
                "file": f"{number}.flac",
                "audio": cell(number, ".flac"),
                "text": text,
                "speaker_id": 1089,
                "chapter_id": 134686,
                "id": f"1089-134686-000{number}",
            }
            for number, text in ((1, "HE HOPED THERE WOULD BE STEW"), (2, "STUFF IT INTO YOU"))
        ],
    )


def common_voice(folder: Path) -> None:
    parquet(
        folder / "en/test-00000-of-00001.parquet",
        [
            {
                "client_id": f"c{number}",
                "path": f"common_voice_en_{number}.mp3",
                "audio": cell(number, ".mp3"),
                "sentence": text,
                "up_votes": 2,
                "down_votes": 0,
                "age": "",
                "gender": "female",
                "accent": None,
                "locale": "en",
                "segment": None,
                "variant": "",
            }
            for number, text in ((1, "Joe Keaton disapproved."), (2, "She'll be all right."))
        ],
    )


def covost2(folder: Path) -> None:
    parquet(
        folder / "en_de/test-00000-of-00001.parquet",
        [
            {
                "client_id": f"c{number}",
                "file": f"common_voice_en_{number}.mp3",
                "audio": cell(number, ".mp3"),
                "sentence": text,
                "translation": german,
                "id": f"common_voice_en_{number}",
            }
            for number, text, german in (
                (1, "The cat sleeps.", "Die Katze schläft heute."),
                (2, "Good day.", "Guten Tag auch dir."),
            )
        ],
    )


PUBLISHED: dict[str, Callable[[Path], None]] = {
    "mmau": mmau,
    "mmau-pro": mmau_pro,
    "mmar": mmar,
    "mmsu": mmsu,
    "blab": blab,
    "librispeech": librispeech,
    "common-voice": common_voice,
    "covost2": covost2,
}
