"""A miniature of the published dataset: every set, real audio of a second, and every known trap.

``write_official(root)`` writes it. `USABLE` says which samples a reader must find, `UNUSABLE` what
it must leave out, with a part of the reason.
"""

import json
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import soundfile

USABLE = {
    "SER/slue/voxpopuli/1.wav",
    "SER/slue/voxpopuli/2.wav",
    "SCR/test/high/1001.wav#0",
    "SCR/test/high/1001.wav#1",
    "SCR/test/middle/77.wav#0",
    "ASR/61/70970/61_70970_0.flac",
    "ASR/61/70970/61_70970_1.flac",
    "ASR/61/70970/61_70970_10.flac",
    "SED/Dog/dog_1.wav",
    "SED/Blender/blender_1.wav",
    "MC/blues/blues.00001.wav",
    "MC/hiphop/hiphop.00002.wav",
    "ASC/metro/metro-lisbon-1.wav",
    "ASC/metro_station/metro_station-paris-2.wav",
    "ASC/tram/tram-vienna-3.wav",
    "SD/real/HAD_1.wav",
    "SD/fake/HAD_2.wav",
    "ER/1/angry_1.wav",
    "ER/2/sad_1.wav",
    "SAR/id10001/a.wav",
    "SAR/id10002/b.wav",
    "SGR/id10001/a.wav",
    "SGR/id10002/b.wav",
}

UNUSABLE = {
    ("SER/slue/voxpopuli/missing.wav", "does not exist"),
    ("SER/slue/voxpopuli/empty_option.wav", "One of its options is empty"),
    ("SER/slue/voxpopuli/no_question.wav", "It has no question"),
    ("SCR/test/high/same_options.wav#0", "Two of its options are the same: 'paris'"),
    ("SCR/test/high/no_such_answer.wav#0", "Its answer 'E' is none of its options"),
    ("SCR/test/high/ambiguous.wav#0", "Its answer 'B' may mean the options A and B"),
    ("SCR/../../../../etc/passwd#0", "leads out of the dataset"),
    ("SCR//etc/passwd#0", "is absolute"),
    ("SCR/C:/secret.wav#0", "is absolute"),
    ("SCR record 10", "names no audio file"),
    ("SCR/race_benchmark.json record 11", "options are not a list"),
    ("SCR/race_benchmark.json record 12", "not a record of named fields"),
    ("SCR/test/high/surrogate.wav#0", "not valid Unicode"),
    ("SCR/test/high/1001.wav#1", "listed more than once"),
    ("SCR/test/high/conflict.wav#0", "Different records share this id"),
    ("ASR/61/70970/61_70970_2.flac", "no reference transcript"),
    ("ASR/61/70970/61_70970_3.flac", "does not exist"),
    ("ASR/61/70970/61_70970_4.flac", "line 2: not UTF-8 text"),
    ("SED/Cat/not_audio.wav", "is not audio"),
    ("SED/Cat/contradiction.wav", "are different options"),
    ("SED/desed_sound_event_detection_task.json record 5", "not a mapping of letters"),
    ("SED/desed_sound_event_detection_task.json record 6", "not a mapping of letters"),
    ("ASC/metro_station/metro_station-oslo-9.wav", "known label fault"),
    ("ER/2/missing.wav", "does not exist"),
    ("ER/2/empty.wav", "0 bytes"),
    ("SAR/id10003/c.wav", "Its answer 'Ancient (100+)' is none of its options"),
    ("SGR/id10003/c.wav", "not in the order that the prompt of SGR fixes"),
    ("SGR/id10004/missing.wav", "does not exist"),
}

_AGES = [
    "Young Adult (18-30)",
    "Early Career (31-40)",
    "Mid Career (41-50)",
    "Senior (51-70)",
    "Elderly (71+)",
]
_CITIES = ["London", "Paris", "Rome", "Oslo"]


def write_official(root: Path) -> None:
    """Write the ten sets under `root`."""
    for write in (_asr, _scr, _ser, _sed, _mc, _asc, _sd, _er, _voxceleb):
        write(root)


def write_audio(path: Path, seconds: float = 1.0, rate: int = 16_000) -> None:
    """Write a tone in noise, different for every file name; the suffix decides the format."""
    path.parent.mkdir(parents=True, exist_ok=True)
    generator = np.random.default_rng(crc32(path.name.encode()))
    time = np.arange(int(seconds * rate)) / rate
    tone = 0.3 * np.sin(2 * np.pi * generator.uniform(100, 1000) * time)
    soundfile.write(path, tone + 0.05 * generator.standard_normal(time.size), rate)


def write_json(path: Path, content: Any, encoding: str = "utf-8") -> None:
    """Write JSON, with a byte order mark for ``utf-8-sig``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding=encoding)


def _choices(options: list[str]) -> dict[str, str]:
    return {f"choice_{letter}": option for letter, option in zip("abcde", options, strict=False)}


def _asr(root: Path) -> None:
    chapter = root / "librispeech-long/test-clean/61/70970"
    for number in (0, 1, 2, 4, 10):
        write_audio(chapter / f"61_70970_{number}.flac", seconds=0.5)
    (chapter / "61_70970_0.txt").write_text("\ufeffTHE FIRST ONE\n", encoding="utf-8")
    (chapter / "61_70970_3.txt").write_text("NOBODY READ THIS\n")
    (chapter / "61_70970_4.txt").write_bytes(b"CAF\nCAF\xc9\n")
    # The tenth comes first: its name begins with the first one's.
    (chapter / "61-70970.trans.txt").write_text("61_70970_10 THE TENTH ONE\n61_70970_1  THE SECOND ONE \n\n")
    (chapter / "._61_70970_0.flac").write_bytes(b"what a Mac leaves behind")


def _scr(root: Path) -> None:
    folder = root / "race_audio"

    def record(
        path: str, number: int = 0, options: Any = _CITIES, answer: str = "B", **more: Any
    ) -> dict[str, Any]:
        fields = {
            "article_id": 1,
            "question_idx": number,
            "question": f"Where is {number}?",
            "options": options,
        }
        return fields | {"answer": answer, "audio_path": path} | more

    for name in ("high/1001", "middle/77", "high/conflict"):
        write_audio(folder / f"test/{name}.wav", seconds=1.5)
    records = [
        record("test/high/1001.wav"),
        record("test/high/1001.wav", 1, answer=" d "),
        record("test\\middle\\77.wav ", question="Where {is} it?\u2028Say. "),
        record("test/high/same_options.wav", options=["Paris", "Rome", " paris", "Oslo"]),
        record("test/high/no_such_answer.wav", answer="E"),
        record("test/high/ambiguous.wav", options=["B", "Blue", "Red", "Green"]),
        record("../../../../etc/passwd"),
        record("/etc/passwd"),
        record("C:\\secret.wav"),
        record(""),
        record("test/high/options.wav", options="A B C D"),
        "test/high/not_a_record.wav",
        record("test/high/surrogate.wav", question="Who is \ud800?"),
        record("test/high/1001.wav", 1, answer=" d "),
        record("test/high/conflict.wav", answer="A"),
        record("test/high/conflict.wav", answer="B"),
    ]
    write_json(folder / "race_benchmark.json", records, encoding="utf-8-sig")


def _ser(root: Path) -> None:
    def record(
        name: str, gold: str = "A", options: list[str] = _CITIES, question: str = "Who?"
    ) -> dict[str, Any]:
        fields = {
            "path": f"slue/voxpopuli/{name}.wav",
            "question": question,
            **_choices(options),
            "uniq_id": 7,
        }
        return fields | {
            "answer_gt": gold,
            "task_name": "entity_count",
            "dataset_name": "voxpopuli",
            "entity_count": 3,
            "entity_types": ["PLACE"],
            "source_count": 9,
            "audio_duration_info": "2.9 min",
            "source_folder": "voxpopuli",
            "source_file": "test.tsv",
        }

    for name in ("1", "2", "empty_option", "no_question"):
        write_audio(root / f"SLUE/slue/voxpopuli/{name}.wav")
    records = [
        record("1", gold="C "),
        record("2", gold="paris"),
        record("missing"),
        record("empty_option", options=["London", "", "Rome", "Oslo"]),
        record("no_question", question=" "),
    ]
    write_json(root / "SLUE/merged_audio_data.json", records)


def _sed(root: Path) -> None:
    folder = root / "DESED/DESED_dataset/concatenated_audio"
    choices = {"D": "Frying", "A": "Dog", "B": "Blender", "C": "Electric shaver/toothbrush"}

    def record(path: str, gold: str, event: str) -> dict[str, Any]:
        return {
            "path": path,
            "task_type": "single_event",
            "question": "Which sound event is the main one?",
            "choices": choices,
            "answer_gt": gold,
            "all_events": ["Dog", "Speech", "Dog"],
            "primary_event": "Dog",
            "correct_event": event,
            "path_extracted_event": "Dog",
            "uniq_id": 1,
        }

    for name in ("Dog/dog_1", "Blender/blender_1", "Cat/contradiction"):
        write_audio(folder / f"{name}.wav", rate=44_100)
    (folder / "Cat").mkdir(exist_ok=True)
    (folder / "Cat/not_audio.wav").write_text("<html>Not found</html>")
    tasks = [
        record("Dog/dog_1.wav", "A", "Dog"),
        record("Blender/blender_1.wav", "B", "Blender"),
        record("Cat/not_audio.wav", "A", "Dog"),
        record("Cat/contradiction.wav", "A", "Blender"),
        record("Dog/dog_1.wav", "A", "Dog") | {"choices": ["Dog", "Cat"]},
        record("Dog/dog_1.wav", "B", "Dog") | {"choices": {"B": "Dog", "C": "Cat", "D": "Speech"}},
    ]
    write_json(folder / "desed_sound_event_detection_task.json", {"tasks": tasks})


def _mc(root: Path) -> None:
    folder = root / "GTZAN/concatenated_audio"
    options = ["Rock - rock", "Blues - blues", "Hip-hop - hiphop", "Jazz - jazz"]

    def record(path: str, gold: str, label: str) -> dict[str, Any]:
        fields = {
            "path": path,
            "question": "What music genre is this?",
            **_choices(options),
            "answer_gt": gold,
        }
        return fields | {"genre_label": label, "task_name": "genre", "dataset_name": "GTZAN", "uniq_id": 0}

    # One lies under wav/, one beside the metadata: both have been seen.
    write_audio(folder / "wav/blues/blues.00001.wav", rate=22_050)
    write_audio(folder / "hiphop/hiphop.00002.wav", rate=22_050)
    records = [
        record("blues/blues.00001.wav", "B", "blues"),
        record("hiphop/hiphop.00002.wav", "c", "hiphop"),
    ]
    write_json(folder / "music_genre_classification_meta.json", records)


def _asc(root: Path) -> None:
    folder = root / "TAU/concatenated_resampled"
    options = [
        "Traveling by an underground metro - metro",
        "Metro station - metro_station",
        "Traveling by a tram - tram",
        "Urban park - park",
    ]

    def record(path: str, gold: str, label: str) -> dict[str, Any]:
        fields = {"path": path, "question": "What scene is this?", **_choices(options), "answer_gt": gold}
        return fields | {"scene_label": label, "task_name": "scene", "dataset_name": "TAU", "uniq_id": 0}

    records = [
        record("metro\\metro-lisbon-1.wav", "A", "metro"),
        record("metro_station/metro_station-paris-2.wav", "B", "metro_station"),
        record("tram/tram-vienna-3.wav", "tram", "tram"),
        record("metro_station/metro_station-oslo-9.wav", "A", "metro"),
    ]
    for fields in records:
        write_audio(folder / fields["path"].replace("\\", "/"))
    write_json(folder / "acoustic_scene_task_meta.json", records)


def _sd(root: Path) -> None:
    folder = root / "HAD/concatenated_audio"
    samples = []
    for path, gold in (("real/HAD_1.wav", "Real"), ("fake/HAD_2.wav", "Fake")):
        write_audio(folder / path, seconds=2)
        fields = {"path": path, "question": "Is this audio authentic?", **_choices(["Real", "Fake"])}
        samples.append(
            fields | {"answer_gt": gold, "category": gold.lower(), "duration_seconds": 2.0, "uniq_id": 0}
        )
    content = {"metadata": {"total_samples": 2}, "samples": samples}
    write_json(folder / "had_audio_classification_task.json", content)


def _er(root: Path) -> None:
    folder = root / "VESUS"

    def record(path: str, person: int, gold: str, label: str) -> dict[str, Any]:
        options = _choices(["Happy", "Sad", "Angry", "Neutral"])
        fields = {"path": path, "question": "Which emotion?", **options, "answer_gt": gold, "uniq_id": 0}
        return fields | {"person_id": person, "emotion_label": label}

    for path in ("1/angry_1.wav", "2/sad_1.wav"):
        write_audio(folder / path)
    (folder / "2/empty.wav").write_bytes(b"")
    records = [
        record("1/angry_1.wav", 1, "C", "angry"),
        record("2/sad_1.wav", 2, "B", "sad"),
        record("2/missing.wav", 2, "B", "sad"),
        record("2/empty.wav", 2, "B", "sad"),
    ]
    write_json(folder / "audio_emotion_dataset_filtered.json", {"data": records})


def _voxceleb(root: Path) -> None:
    folder = root / "VoxCeleb/concatenated_audio"
    for path in ("id10001/a", "id10002/b", "id10003/c"):
        write_audio(folder / f"wav/{path}.wav")

    def record(path: str, gold: str, options: list[str], **more: Any) -> dict[str, Any]:
        speaker = path.split("/")[0]
        fields = {"path": path, "question": "What is the speaker?", **_choices(options), "answer_gt": gold}
        return fields | {"speaker_id_original": speaker, "uniq_id": 0} | more

    genders = [
        record("id10001/a.wav", "Male", ["Male", "Female"]),
        record("id10002/b.wav", "Female", ["Male", "Female"]),
        record("id10003/c.wav", "Female", ["Female", "Male"]),
        record("id10004/missing.wav", "Male", ["Male", "Female"]),
    ]
    ages = [
        record("id10001/a.wav", "Mid Career (41-50)", _AGES, speaker_age=44),
        record("id10002/b.wav", "Elderly (71+) ", _AGES, speaker_age=80),
        record("id10003/c.wav", "Ancient (100+)", _AGES, speaker_age=120),
    ]
    write_json(folder / "gender_id_task_meta.json", genders)
    write_json(folder / "age_classification_task_meta.json", ages)
