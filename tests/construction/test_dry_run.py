"""A folder looked at before a build: as many samples as the build makes, and every kind of fault named."""

import dataclasses
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from typer.testing import CliRunner

from amarathon.audio import load_audio, write_opus
from amarathon.audio.cut_short import cut_short
from amarathon.cli import app
from amarathon.construction.corpora import CORPORA
from amarathon.construction.dry_run import PUBLISHED, DryRun, dry_run
from amarathon.datasets.listing import read_listing
from amarathon.errors import DatasetError
from tests.construction.corpora.test_corpora import DROPPED, MINIATURES, SAMPLES
from tests.datasets.miniature import USABLE, write_official

SOUNDS = {".wav", ".flac", ".ogg"}
RUN = CliRunner()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Folders of corpora, each made once."""
    made: dict[str, Path] = {}

    def make(name: str) -> Path:
        if name not in made:
            made[name] = tmp_path_factory.mktemp(name) / "corpus"
            made[name].mkdir()
            (write_official if name == PUBLISHED else MINIATURES[name])(made[name])
        return made[name]

    return make


@pytest.fixture(autouse=True)
def short_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, corpus in CORPORA.items():
        monkeypatch.setitem(CORPORA, name, dataclasses.replace(corpus, seconds=(4.0, 8.0)))


def listed(folder: Path, to: Path) -> Path:
    lines = [
        f"{path.stat().st_size} {path.relative_to(folder)}" for path in folder.rglob("*") if path.is_file()
    ]
    to.write_text("\n".join(lines) + "\n")
    return to


def sounds(folder: Path) -> list[Path]:
    """Recordings that are used, not those which a miniature has as a trap."""
    found = [path for path in sorted(folder.rglob("*")) if path.suffix in SOUNDS]
    return [path for path in found if cut_short(path) is None]


def empty(path: Path) -> None:
    path.write_bytes(b"")


def cut(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def no_audio(path: Path) -> None:
    path.write_bytes(b"<html>503 Service Unavailable</html>" * 20)


@pytest.mark.parametrize("name", CORPORA)
def test_there_are_as_many_samples_as_a_build_makes(name: str, whole: Callable[[str], Path]) -> None:
    found = dry_run(name, whole(name))
    assert found.samples == {CORPORA[name].task: SAMPLES[name]}
    named = {each.record for each in (*found.missing, *found.broken, *found.left_out)}
    assert named >= set(DROPPED[name])


@pytest.mark.parametrize("spoil", [empty, cut, no_audio, Path.unlink], ids=lambda each: each.__name__)
@pytest.mark.parametrize("name", [name for name in CORPORA if name != "race"])
def test_a_fault_is_named_with_its_file(
    name: str, spoil: Callable[[Path], None], whole: Callable[[str], Path], tmp_path: Path
) -> None:
    folder = shutil.copytree(whole(name), tmp_path / "corpus")
    listing = read_listing(listed(folder, tmp_path / "listing"))
    before = dry_run(name, folder, listing)
    victim = sounds(folder)[0]
    spoil(victim)
    record = victim.relative_to(folder).as_posix()
    found = dry_run(name, folder, listing)
    kind, other = (found.missing, found.broken) if spoil is Path.unlink else (found.broken, found.missing)
    named = {each.record for each in kind}
    assert record in named or any(record.endswith(each) or Path(each).name == victim.stem for each in named)
    assert record not in {each.record for each in other}
    assert not found.is_whole
    assert sum(found.samples.values()) <= sum(before.samples.values())


@pytest.mark.parametrize("spoil", [empty, cut, no_audio], ids=lambda each: each.__name__)
@pytest.mark.parametrize("name", [name for name in CORPORA if name != "race"])
def test_what_is_broken_is_seen_without_a_listing(
    name: str, spoil: Callable[[Path], None], whole: Callable[[str], Path], tmp_path: Path
) -> None:
    folder = shutil.copytree(whole(name), tmp_path / "corpus")
    before = {each.record for each in dry_run(name, folder).broken}
    victim = sounds(folder)[0]
    spoil(victim)
    new = {each.record for each in dry_run(name, folder).broken} - before
    assert len(new) == 1
    assert Path(new.pop()).stem == victim.stem


@pytest.mark.parametrize("name", [*CORPORA, PUBLISHED])
def test_a_folder_that_is_another_says_what_it_lacks(name: str, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="lacks "):
        dry_run(name, tmp_path)
    with pytest.raises(DatasetError, match="There is no folder gone"):
        dry_run(name, tmp_path / "gone")


def test_the_published_layout(whole: Callable[[str], Path], tmp_path: Path) -> None:
    folder = shutil.copytree(whole(PUBLISHED), tmp_path / "data")
    found = dry_run(PUBLISHED, folder)
    assert found.samples == {
        code: sum(name.startswith(f"{code}/") for name in USABLE) for code in found.samples
    }
    assert {each.record for each in found.missing} >= {"ER/2/missing.wav", "SGR/id10004/missing.wav"}
    assert {each.record for each in found.broken} >= {"ER/2/empty.wav", "SED/Cat/not_audio.wav"}
    cut(folder / "GTZAN/concatenated_audio/wav/blues/blues.00001.wav")
    shutil.rmtree(folder / "VoxCeleb")
    shutil.rmtree(folder / "HAD")
    again = dry_run(PUBLISHED, folder)
    assert (again.samples["MC"], again.samples["SAR"], again.samples["SD"]) == (found.samples["MC"] - 1, 0, 0)
    assert "GTZAN/concatenated_audio/wav/blues/blues.00001.wav" in {each.record for each in again.broken}
    absent = {each.record: each.reason for each in again.missing}
    assert absent["VoxCeleb/concatenated_audio"] == "The folder of SAR, SGR is missing."


@pytest.mark.parametrize("suffix", ["wav", "flac", "ogg", "opus"])
def test_a_cut_file_is_known_at_every_length(suffix: str, tmp_path: Path) -> None:
    noise = 0.1 * np.random.default_rng(0).standard_normal(16_000 * 3, dtype=np.float32)
    soundfile.write(tmp_path / "a.wav", noise, 16_000)
    path = tmp_path / f"whole.{suffix}"
    if suffix == "opus":
        write_opus(path, load_audio(tmp_path / "a.wav").samples)
    else:
        soundfile.write(path, noise, 16_000)
    assert cut_short(path) is None
    content = path.read_bytes()
    for share in (0, 0.01, 0.2, 0.5, 0.9, 0.99):
        part = tmp_path / f"part.{suffix}"
        part.write_bytes(content[: round(len(content) * share)])
        assert cut_short(part) is not None, share


def test_a_streamed_file_states_no_length(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.zeros(1600, np.float32), 16_000)
    content = bytearray((tmp_path / "a.wav").read_bytes())
    content[4:8] = b"\xff\xff\xff\xff"
    (tmp_path / "a.wav").write_bytes(content)
    assert cut_short(tmp_path / "a.wav") is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "lists no file"),
        ("a.wav 12\n", "line 1: it has to be a size"),
        ("1 a\n\nx y\n", "line 3: it has"),
    ],
)
def test_a_listing_that_is_none_is_refused(text: str, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "listing").write_text(text)
    with pytest.raises(DatasetError, match=sentence):
        read_listing(tmp_path / "listing")


def test_the_command_says_it_and_fails_where_something_is_wrong(
    whole: Callable[[str], Path], tmp_path: Path
) -> None:
    folder = shutil.copytree(whole("vesus"), tmp_path / "corpus")
    listing = listed(folder, tmp_path / "listing")
    command = ["build", "dry-run", "vesus", "--source", str(folder), "--listing", str(listing)]
    done = RUN.invoke(app, command)
    assert (done.exit_code, done.output.splitlines()[0]) == (0, "Samples: ER 5.")
    cut(folder / "Audio/1/Angry/0.wav")
    (folder / "Audio/1/Happy/1.wav").unlink()
    done = RUN.invoke(app, command)
    assert done.exit_code == 1
    assert "Missing: 1\n  Audio/1/Happy/1.wav: The file does not exist." in done.output
    assert "Broken: 1\n  Audio/1/Angry/0.wav: It ends after " in done.output
    told = json.loads(RUN.invoke(app, [*command, "--json"]).output)
    assert told.keys() == {field.name for field in dataclasses.fields(DryRun)}
