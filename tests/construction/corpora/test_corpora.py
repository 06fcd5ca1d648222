"""Each corpus on a miniature of its official layout, in its real file formats."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from amarathon.construction.corpora import CORPORA
from amarathon.construction.corpora.assembling import build_corpus
from amarathon.construction.corpora.voxceleb import age_group
from amarathon.construction.finalisation import read_manifest
from amarathon.construction.seeds import generator
from amarathon.datasets import load_dataset
from amarathon.errors import DatasetError

SECONDS = 2.5


def sound(path: Path, seconds: float = SECONDS, rate: int = 16_000) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = 0.1 * generator(path.name).standard_normal(round(seconds * rate), dtype=np.float32)
    soundfile.write(path, noise, rate)


def librispeech(root: Path) -> None:
    for chapter in ("61/70968", "121/121726"):
        stem = chapter.replace("/", "-")
        lines = []
        for number in range(4):
            sound(root / "test-clean" / chapter / f"{stem}-{number:04d}.flac")
            lines.append(f"{stem}-{number:04d} WORDS OF {number}")
        (root / "test-clean" / chapter / f"{stem}.trans.txt").write_text("\n".join(lines[:-1]) + "\n")


def race(root: Path) -> None:
    for level in ("high", "middle"):
        (root / "test" / level).mkdir(parents=True)
        fields = {
            "article": "Anna lives in Paris. She has a dog.\nThe dog is black and it sleeps all day.",
            "questions": ["Where does Anna live?", "What is black?"],
            "options": [["Rome", "Paris", "Oslo", "Kiel"], ["A dog", "A cat", "A car", "A hat"]],
            "answers": ["B", "A"],
            "id": f"{level}1.txt",
        }
        (root / "test" / level / "1.txt").write_text(json.dumps(fields))
    (root / "test/high/2.txt").write_text("{}")


def slue(root: Path) -> None:
    rows = ["id\traw_text\tnormalized_text\tspeaker_id\tsplit\traw_ner"]
    for number, city in enumerate(("Rome", "Paris", "Oslo", "Kiel", "Bonn")):
        for part in range(2):
            sound(root / f"test/{number}-{part}.ogg")
            text = f"We met in {city} again."
            rows.append(f'{number}-{part}\t{text}\t{text}\ts{number}\ttest\t[["GPE", 10, {len(city)}]]')
    rows.append("gone\tNothing.\tnothing\ts9\ttest\tNone")
    (root / "slue-voxpopuli_test.tsv").write_text("\n".join(rows) + "\n")


def desed(root: Path) -> None:
    rows = ["filename\tonset\toffset\tevent_label"]
    for event in ("Dog", "Cat", "Speech"):
        for number in range(2):
            sound(root / f"audio/validation/{event}{number}.wav", rate=44_100)
            rows += [f"{event}{number}.wav\t0.1\t1.9\t{event}", f"{event}{number}.wav\t0.0\t0.2\tFrying"]
    rows.append("gone.wav\t0\t1\tDog")
    (root / "metadata/validation").mkdir(parents=True)
    (root / "metadata/validation/validation.tsv").write_text("\n".join(rows) + "\n")


def gtzan(root: Path) -> None:
    for genre in ("blues", "rock", "polka"):
        for number in range(2):
            sound(root / f"genres_original/{genre}/{genre}.{number:05d}.wav", rate=22_050)
    (root / "genres_original/rock/rock.00009.wav").write_bytes(b"RIFF broken")


def tau(root: Path) -> None:
    rows = ["filename\tscene_label\tidentifier\tsource_label"]
    for scene in ("metro_station", "metro", "park"):
        for number in range(2):
            name = f"audio/{scene}-barcelona-1-{number}-a.wav"
            sound(root / name, rate=48_000)
            rows.append(f"{name}\t{scene}\tbarcelona-1\ta")
    rows.append("audio/gone.wav\tpark\tbarcelona-1\ta")
    (root / "meta.csv").write_text("\n".join(rows) + "\n")


def had(root: Path) -> None:
    rows = []
    for kind, label in (("real", 1), ("fake", 0)):
        for number in range(4 if label else 2):
            name = f"HAD_test_{kind}_{number:08d}"
            sound(root / f"test/{name}.wav")
            rows.append(f"{name} 0.00-1.00-T/1.00-2.50-{'T' if label else 'F'} {label}")
    rows.append("HAD_test_gone 0-1-T 1")
    (root / "HAD_test_label.txt").write_text("\n".join(rows) + "\n")


def vesus(root: Path) -> None:
    for emotion in ("Angry", "Happy", "Sad", "Fearful", "Neutral", "Bored"):
        for number in range(2):
            sound(root / f"Audio/1/{emotion}/{number}.wav", rate=44_100)


def voxceleb(root: Path) -> None:
    rows = ["Name,VoxCeleb_ID,video_id,gender,speaker_age"]
    people = (
        ("id10001", "male", 30),
        ("id10002", "female", 31),
        ("id10003", "m", 71),
        ("id10004", "f", 50.5),
    )
    for speaker, gender, age in people:
        for number in range(2):
            sound(root / f"wav/{speaker}/video{speaker}/{number:05d}.wav")
        rows.append(f"Somebody,{speaker},video{speaker},{gender},{age}")
    sound(root / "wav/id10009/other/00001.wav")
    (root / "final_dataframe.csv").write_text("\n".join(rows) + "\n")


MINIATURES: dict[str, Callable[[Path], None]] = {
    "librispeech": librispeech,
    "race": race,
    "slue": slue,
    "desed": desed,
    "gtzan": gtzan,
    "tau": tau,
    "had": had,
    "vesus": vesus,
    "voxceleb-gender": voxceleb,
    "voxceleb-age": voxceleb,
}
SAMPLES = {
    "librispeech": 2,
    "race": 4,
    "slue": 5,
    "desed": 3,
    "gtzan": 2,
    "tau": 3,
    "had": 2,
    "vesus": 5,
    "voxceleb-gender": 4,
    "voxceleb-age": 4,
}
DROPPED = {
    "librispeech": ["test-clean/121/121726/121-121726-0003.flac"],
    "race": ["test/high/2.txt"],
    "slue": ["test/gone.ogg"],
    "desed": ["gone.wav"],
    "gtzan": ["genres_original/polka/polka.00000.wav", "genres_original/rock/rock.00009.wav"],
    "tau": ["audio/gone.wav"],
    "had": ["HAD_test_gone"],
    "vesus": ["Audio/1/Bored/0.wav"],
    "voxceleb-gender": ["wav/id10009/other/00001.wav"],
    "voxceleb-age": ["wav/id10009/other/00001.wav"],
}


@pytest.fixture(scope="module", params=list(MINIATURES))
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    """A corpus's name, its miniature and what was built from it; samples last seconds, not minutes."""
    name = request.param
    root = tmp_path_factory.mktemp(name)
    MINIATURES[name](root / "corpus")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(CORPORA, name, dataclasses.replace(CORPORA[name], seconds=(4.0, 8.0)))
        report = build_corpus(name, root / "corpus", root / "out", workers=1)
        again = build_corpus(name, root / "corpus", root / "again", workers=1)
    assert report["manifest_sha256"] == again["manifest_sha256"]
    return name, root, report


def test_every_corpus_has_its_miniature() -> None:
    assert set(MINIATURES) == set(CORPORA)


def test_the_folder_is_read_back_whole(built) -> None:
    name, root, _ = built
    found = load_dataset(root / "out")
    assert not found.exclusions
    assert len(found.samples) == SAMPLES[name]
    assert {sample.task for sample in found.samples} == {CORPORA[name].task}
    assert (root / "out/README.md").is_file()
    assert (root / "out/verification-draw.json").is_file()


def test_what_cannot_be_used_is_named(built) -> None:
    name, _, report = built
    dropped = {entry["record"] for entry in report["dropped"]}
    assert dropped >= set(DROPPED[name])
    assert all(entry["reason"] for entry in report["dropped"])


def test_no_recording_is_in_two_samples_and_onsets_are_exact(built) -> None:
    name, root, _ = built
    used: list[str] = []
    for line in read_manifest(root / "out"):
        if name != "race":
            used += [piece["source"] for piece in line["pieces"]]
        ends = [piece["onset_s"] + piece["duration_s"] for piece in line["pieces"]]
        assert max(ends) <= line["duration_s"] + 0.01
        assert line["pieces"][0]["onset_s"] == 0
    assert len(used) == len(set(used))


def test_labels_are_those_of_the_corpus(built) -> None:
    name, root, _ = built
    if name in ("librispeech", "race", "slue"):
        return
    for line in read_manifest(root / "out"):
        question = line["question"]
        label = question["options"][question["answer"]]["label"]
        if name == "had":
            assert all(f"_{label}_" in piece["source"] for piece in line["pieces"])
        elif not name.startswith("voxceleb"):
            assert all(label.lower()[:3] in piece["source"].lower() for piece in line["pieces"])
        if name != "had":
            assert {piece["what"].split(", ")[0] for piece in line["pieces"]} == {label}


def test_a_station_stays_a_station(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tau(tmp_path / "corpus")
    monkeypatch.setitem(CORPORA, "tau", dataclasses.replace(CORPORA["tau"], seconds=(4.0, 8.0)))
    build_corpus("tau", tmp_path / "corpus", tmp_path / "out", workers=1)
    stations = [
        line for line in read_manifest(tmp_path / "out") if "metro_station" in line["pieces"][0]["source"]
    ]
    for line in stations:
        question = line["question"]
        assert question["options"][question["answer"]]["label"] == "metro_station"
    assert len(stations) == 1


def test_transcripts_are_those_of_the_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    librispeech(tmp_path / "corpus")
    changed = dataclasses.replace(CORPORA["librispeech"], seconds=(4.0, 8.0))
    monkeypatch.setitem(CORPORA, "librispeech", changed)
    build_corpus("librispeech", tmp_path / "corpus", tmp_path / "out", workers=1)
    for line in read_manifest(tmp_path / "out"):
        assert line["question"]["reference"] == " ".join(piece["what"] for piece in line["pieces"])
        assert all(piece["duration_s"] == SECONDS for piece in line["pieces"])


@pytest.mark.parametrize(
    ("age", "group"),
    [(17, None), (18, "18-30"), (30.9, "18-30"), (31, "31-40"), (50, "41-50"), (51, "51-70"), (71, "71+")],
)
def test_ages_are_binned_as_in_the_paper(age: float, group: str | None) -> None:
    found = age_group(age)
    assert found is None if group is None else group in (found or "")


@pytest.mark.parametrize("name", CORPORA)
def test_what_is_missing_is_named(name: str, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="There is no folder gone"):
        build_corpus(name, tmp_path / "gone", tmp_path / "out")
    with pytest.raises(DatasetError, match="lacks "):
        build_corpus(name, tmp_path, tmp_path / "out")


def test_an_unknown_corpus_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="There is no corpus timit; there are librispeech"):
        build_corpus("timit", tmp_path, tmp_path / "out")


def test_a_table_without_a_column_is_refused(tmp_path: Path) -> None:
    (tmp_path / "meta.csv").write_text("filename\tscene\nx\ty\n")
    with pytest.raises(DatasetError, match=r"meta\.csv lacks the column scene_label, identifier"):
        CORPORA["tau"].read(tmp_path)
