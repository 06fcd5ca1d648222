"""The tasks made from fetched packages, on stand-ins of these packages in their real formats."""

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from amarathon.audio import SAMPLE_RATE
from amarathon.construction.mini import dictation, music, recordings, render, sd
from amarathon.construction.mini.building import build_mini
from amarathon.construction.mini.resources import resource_files
from amarathon.construction.mini.sed import prepare
from amarathon.construction.seeds import generator
from amarathon.datasets import load_dataset
from amarathon.datasets.licences import may_be_redistributed
from amarathon.errors import DatasetError
from amarathon.packages import declared as packages
from amarathon.packages.declared import DebianPackage
from amarathon.packages.fetching import sources_folder

PROMPTS = {
    packages.PROMPTS_EN: "en_US_f_Allison",
    packages.PROMPTS_FR: "fr_CA_f_June",
    packages.PROMPTS_IT: "it_IT_m_Carlo",
    packages.PROMPTS_RU: "ru_RU_f_IvrvoiceRU",
}


def folder_of(package: DebianPackage) -> Path:
    return sources_folder() / f"{package.name}-{package.version}".replace(":", "_")


def tone(name: str, seconds: float) -> np.ndarray:
    rng = generator(name)
    times = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    sound = np.sin(2 * np.pi * float(rng.uniform(200, 900)) * times) + 0.2 * rng.standard_normal(len(times))
    return (0.2 * sound).astype(np.float32)


def write_g722(path: Path, samples: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w", format="g722") as container:
        stream = container.add_stream("g722", rate=SAMPLE_RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray((samples * 32767).astype(np.int16)[None], "s16", "mono")
        frame.sample_rate = SAMPLE_RATE
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)


def write_sound(path: Path, samples: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, samples, SAMPLE_RATE)


@pytest.fixture(autouse=True)
def stand_ins(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    cache = tmp_path_factory.getbasetemp() / "stand-ins"
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    caches = (sd.speech, dictation.prompts, recordings.loaded, recordings._farm_sounds, music._decoded)
    for cached in caches:
        cached.cache_clear()
    if not cache.is_dir():
        write_prompts()
        write_recordings()
    yield cache
    for cached in caches:
        cached.cache_clear()


def write_prompts() -> None:
    for package, language in PROMPTS.items():
        root = folder_of(package) / "usr/share/asterisk/sounds" / language
        for number in range(8):
            write_g722(root / f"prompt-{number}.g722", tone(f"{language} {number}", 1.5 + 0.3 * number))
        write_g722(root / "beep.g722", tone("beep", 2.0))
        write_g722(root / "short.g722", tone("short", 0.3))
        (root / "broken.g722").write_bytes(b"")
    root = folder_of(packages.PROMPTS_EN) / "usr/share/asterisk/sounds/en_US_f_Allison"
    names = [f"digits/{number}" for number in range(10)] + [f"digits/day-{number}" for number in range(7)]
    names += [f"digits/mon-{number}" for number in range(12)]
    names += [f"phonetic/{letter}_p" for letter in "abcdefghijklmnopqrstuvwxyz"]
    for name in names:
        write_g722(root / f"{name}.g722", tone(name, 0.5))


def write_recordings() -> None:
    for recording in recordings.RECORDINGS:
        if recording.package is packages.GCOMPRIS:
            path = folder_of(recording.package) / "farm-sounds" / recording.file
        else:
            path = folder_of(recording.package) / recordings._ROOTS[recording.package] / recording.file
        write_sound(path, tone(recording.file, 1.0))


def test_broken_prompts_are_named_and_what_is_no_speech_is_left_out() -> None:
    found = sd.selected_speech(packages.PROMPTS_EN)
    assert {clip.what for clip in found.kept} == {f"prompt-{number}" for number in range(8)}
    assert [entry.record for entry in found.dropped] == ["broken"]


@pytest.mark.parametrize("seconds", [4.0, 8.0, 30.0])
def test_real_and_fake_have_the_same_number_of_splices_and_the_same_band(seconds: float) -> None:
    made = [render("SD", "test", index, seconds) for index in range(6)]
    for clip in made:
        fakes = [piece.what for piece in clip.pieces if "(" in piece.what]
        assert bool(fakes) == (clip.question.answer == 1)
        assert clip.licence == "CC-BY-SA-3.0"
        assert clip.pieces
    if seconds > 10:
        pieces = {answer: [len(m.pieces) for m in made if m.question.answer == answer] for answer in (0, 1)}
        assert abs(np.mean(pieces[0]) - np.mean(pieces[1])) < 3
        shares = [high_share(clip.samples) for clip in made]
        assert max(shares) < 2e-3


def high_share(samples: np.ndarray) -> float:
    """Share of power over 7.2 kHz: nothing of it may tell a vocoder from a codec."""
    power = np.abs(np.fft.rfft(samples)) ** 2
    return float(power[round(len(power) * 0.9) :].sum() / power.sum())


def test_speakers_of_prompts_serve_one_split_each() -> None:
    groups = [
        {piece.origin.group for index in range(4) for piece in render("SD", split, index, 8.0).pieces}
        for split in ("train", "validation", "test")
    ]
    assert sum(map(len, groups)) == len(set.union(*groups)) == 4


def test_recorded_dictation_says_what_its_reference_says() -> None:
    made = render("ASR", "test", 5, 20.0)
    assert made.question.slices["speech"] == "recorded"
    assert (made.question.reference or "").replace(".", "").split() == [piece.what for piece in made.pieces]
    assert render("ASR", "test", 5, 2.0).question.reference


def test_events_are_one_class_over_a_background() -> None:
    for split in ("train", "validation", "test"):
        for index in range(6):
            made = render("SED", split, index, 12.0)
            question = made.question
            label = question.slices["event"]
            assert {piece.what for piece in made.pieces} == {label}
            assert question.options[question.answer or 0].text == label.replace("_", " ")
            recorded = [
                recording
                for recording in recordings.RECORDINGS
                if recording.split == split and recording.label == label
            ]
            names = {
                f"{recording.package.name}/{recording.file.removeprefix('../')}" for recording in recorded
            }
            assert {piece.origin.source for piece in made.pieces} <= names | {f"made/{label}"}
            assert len({piece.origin.licence for piece in made.pieces}) == 1


def test_a_broken_recording_is_named_and_stops_the_event_task() -> None:
    path = folder_of(packages.TUXPAINT) / "usr/share/tuxpaint/stamps/animals/mammals/pig.ogg"
    whole = path.read_bytes()
    path.write_bytes(b"OggS")
    try:
        with pytest.raises(DatasetError, match=r"tuxpaint-stamps-default/mammals/pig.ogg cannot be used"):
            prepare()
    finally:
        path.write_bytes(whole)


def test_music_is_takes_of_one_genre_cross_faded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(music, "_midi", lambda score, file: score.encode())
    monkeypatch.setattr(music, "_played", lambda midi: tone(midi.decode(), music.TAKE_S))
    made = render("MC", "train", 0, 40.0)
    genre = made.question.slices["genre"]
    assert {piece.what for piece in made.pieces} == {genre}
    for one, two in zip(made.pieces, made.pieces[1:], strict=False):
        assert two.onset_s == pytest.approx(one.onset_s + one.duration_s - 0.5, abs=1e-3)
    assert made.licence == "GPL-2.0-only"


def resource(files: dict[str, bytes], compressed: bool) -> bytes:
    """A Qt resource (version 1) with one folder of files."""
    names, data, nodes = b"", b"", []
    offsets = {}
    for name in ("sounds", *files):
        offsets[name] = len(names)
        names += struct.pack(">HI", len(name), 0) + name.encode("utf-16-be")
    nodes.append(struct.pack(">IHII", 0, 2, 1, 1))
    nodes.append(struct.pack(">IHII", offsets["sounds"], 2, len(files), 2))
    for name, content in files.items():
        body = struct.pack(">I", len(content)) + zlib.compress(content) if compressed else content
        nodes.append(struct.pack(">IHHHI", offsets[name], int(compressed), 0, 0, len(data)))
        data += struct.pack(">I", len(body)) + body
    tree = b"".join(nodes)
    return (
        struct.pack(">4sIIII", b"qres", 1, 20, 20 + len(tree), 20 + len(tree) + len(data))
        + tree
        + data
        + names
    )


@pytest.mark.parametrize("compressed", [False, True])
def test_files_inside_resources_are_read(tmp_path: Path, compressed: bool) -> None:
    files = {"cow.ogg": b"moo" * 50, "pig.ogg": b"oink"}
    path = tmp_path / "farm.rcc"
    path.write_bytes(resource(files, compressed))
    assert resource_files(path) == {f"sounds/{name}": content for name, content in files.items()}
    for cut in (b"nonsense", path.read_bytes()[:40]):
        path.write_bytes(cut)
        with pytest.raises(DatasetError, match=r"farm\.rcc is"):
            resource_files(path)


def test_a_small_benchmark_is_built_the_same_twice(tmp_path: Path) -> None:
    """Three tasks, two builds, one with two processes: the same manifest, a card, a draw."""
    reports = [
        build_mini(
            tmp_path / str(workers),
            tasks=["SGR", "SED", "SD"],
            per_task=1,
            short=False,
            workers=workers,
            probe_items=0,
        )
        for workers in (1, 2)
    ]
    assert reports[0]["manifest_sha256"] == reports[1]["manifest_sha256"]
    assert reports[0]["samples"] == {"SD": 1, "SED": 1, "SGR": 1}
    found = load_dataset(tmp_path / "1")
    assert not found.exclusions
    assert all(90 <= (sample.audio.duration_s or 0) <= 300 for sample in found.samples)
    card = (tmp_path / "1/README.md").read_text()
    assert reports[0]["manifest_sha256"] in card
    assert "never" in card
    assert (tmp_path / "1/verification-draw.json").is_file()
    assert not (tmp_path / "1/.build").exists()
    licences = {
        line.partition('"licence": "')[2].partition('"')[0] for line in (tmp_path / "1/metadata.jsonl").open()
    }
    assert all(map(may_be_redistributed, licences))


def test_matched_short_versions_ask_the_same(tmp_path: Path) -> None:
    for name, short in (("long", False), ("short", True)):
        build_mini(tmp_path / name, tasks=["SER"], per_task=2, short=short, workers=1, probe_items=0)
    long, short = (
        {sample.id: sample for sample in load_dataset(tmp_path / name).samples} for name in ("long", "short")
    )
    assert set(long) == set(short)
    for name, sample in long.items():
        assert (sample.question, sample.options, sample.answer) == (
            short[name].question,
            short[name].options,
            short[name].answer,
        )
        assert short[name].audio.duration_s == 25.0
