"""What is bundled is listed, whole, credited, small, and says what its metadata say."""

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from amarathon.assets import ASSETS_FOLDER, BUNDLED_RUNS, Asset, asset_path, bundled_assets
from amarathon.audio import SAMPLE_RATE, Audio, load_audio
from amarathon.bundling.attribution import ATTRIBUTION_PATH, attribution
from amarathon.bundling.prompts import MUSIC, SPEECH
from amarathon.construction.finalisation import read_manifest
from amarathon.datasets import load_dataset
from amarathon.datasets.folder import read_attributions
from amarathon.datasets.licences import licence_of_mix, may_be_redistributed
from amarathon.errors import AmarathonError
from amarathon.runs.reading import PACKED_FILE, PACKED_SUMMARY_FILE
from amarathon.tasks import TASKS

TEXT_ENDINGS = {".py", ".json", ".jsonl", ".md", ".txt"}
SAMPLES = [asset for asset in bundled_assets() if asset.kind == "sample"]
MINI = [asset for asset in bundled_assets() if asset.kind == "benchmark"]
ROWS: list[dict[str, Any]] = [
    json.loads(line) for line in asset_path("samples/metadata.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.fixture(scope="module", params=[asset.path for asset in SAMPLES])
def sample(request: pytest.FixtureRequest) -> tuple[Asset, dict[str, Any], Audio]:
    asset = next(asset for asset in SAMPLES if asset.path == request.param)
    row = next(row for row in ROWS if f"samples/{row['file_name']}" == asset.path)
    return asset, row, load_audio(asset_path(asset.path))


@pytest.mark.parametrize("asset", bundled_assets(), ids=lambda asset: asset.path)
def test_every_listed_file_is_there_and_unchanged(asset: Asset) -> None:
    content = asset_path(asset.path).read_bytes()
    assert hashlib.sha256(content).hexdigest() == asset.sha256
    assert len(content) == asset.bytes


def test_every_binary_is_listed() -> None:
    """But for packed runs that are this project's own text."""
    listed = {asset.path for asset in bundled_assets()}
    found = {
        _relative(path)
        for path in ASSETS_FOLDER.rglob("*")
        if path.is_file()
        and path.suffix not in TEXT_ENDINGS
        and (path.name not in (PACKED_FILE, PACKED_SUMMARY_FILE) or _relative(path) in listed)
        and "__pycache__" not in path.parts
    }
    assert found == listed


def _relative(path: Path) -> str:
    return path.relative_to(ASSETS_FOLDER).as_posix()


def test_all_that_is_bundled_is_small() -> None:
    packed = sum(path.stat().st_size for path in BUNDLED_RUNS.rglob("*.xz"))
    assert packed < 3_000_000
    assert sum(asset.bytes for asset in bundled_assets()) + packed < 41_000_000


def test_the_samples_are_small() -> None:
    assert sum(asset.bytes for asset in SAMPLES) < 3_000_000


@pytest.mark.parametrize("asset", bundled_assets(), ids=lambda asset: asset.path)
def test_every_file_is_credited(asset: Asset) -> None:
    page = ATTRIBUTION_PATH.read_text(encoding="utf-8")
    for fact in (asset.title, asset.author, asset.licence, asset.licence_url, asset.source, asset.changes):
        assert fact
        assert fact in page


def test_the_credits_page_is_made_from_the_manifest() -> None:
    assert ATTRIBUTION_PATH.read_text(encoding="utf-8") == attribution(bundled_assets())


def test_no_file_mixes_licences() -> None:
    """Every file names one source package, and a package has one licence."""
    licences: dict[str, set[str]] = {}
    for asset, row in zip(SAMPLES, ROWS, strict=True):
        (package,) = {source.partition("/")[0] for source in row["sources"]}
        assert package in asset.source
        licences.setdefault(package, set()).add(asset.licence)
    assert all(len(found) == 1 for found in licences.values())


def test_metadata_and_manifest_agree(sample: tuple[Asset, dict[str, Any], Audio]) -> None:
    asset, row, audio = sample
    for fact in ("sha256", "licence", "author", "source"):
        assert row[fact] == getattr(asset, fact)
    assert audio.sha256 == row["sha256"]
    assert audio.duration_s == pytest.approx(row["duration_s"], abs=0.001)
    assert 90 <= audio.duration_s <= 120
    assert audio.info.channels == 1


def test_levels_are_alike(sample: tuple[Asset, dict[str, Any], Audio]) -> None:
    samples = sample[2].samples
    rms_dbfs = 20 * np.log10(np.sqrt(np.mean(samples**2)))
    assert rms_dbfs == pytest.approx(-20, abs=2)
    assert np.abs(samples).max() < 1


def test_transcripts_are_plausible(sample: tuple[Asset, dict[str, Any], Audio]) -> None:
    _, row, audio = sample
    if row["task"] != "ASR":
        return
    words = row["reference"].split()
    assert 1.5 < len(words) / audio.duration_s < 3.5
    assert not set("[]()<>*#/0123456789") & set(row["reference"])
    assert "  " not in row["reference"]


def test_every_prompt_is_where_the_manifest_says(sample: tuple[Asset, dict[str, Any], Audio]) -> None:
    """Between prompts there is silence, inside them speech; so as many voiced spans as prompts."""
    asset, row, audio = sample
    if not asset.parts:
        assert row["task"] != "ASR"
        return
    samples = audio.samples

    def level_dbfs(start_s: float, end_s: float) -> float:
        span = samples[round(start_s * SAMPLE_RATE) : round(end_s * SAMPLE_RATE)]
        return float(20 * np.log10(np.sqrt(np.mean(span**2)) + 1e-9))

    ends = [0.0, *(part.onset_s + part.duration_s for part in asset.parts)]
    onsets = [*(part.onset_s for part in asset.parts), audio.duration_s]
    for end, onset in zip(ends, onsets, strict=True):
        assert onset - end == pytest.approx(0.6, abs=0.001)
        assert level_dbfs(end + 0.1, onset - 0.1) < -60
    for part in asset.parts:
        assert level_dbfs(part.onset_s, part.onset_s + part.duration_s) > -30


def test_the_samples_are_the_recipes() -> None:
    assert [row["id"] for row in ROWS] == [*(speech.id for speech in SPEECH), MUSIC.id]
    for asset, speech in zip(SAMPLES, SPEECH, strict=False):
        assert tuple(part.name for part in asset.parts) == speech.prompts
    prompts = [prompt for speech in SPEECH for prompt in speech.prompts]
    assert len(prompts) == len(set(prompts))


def test_the_genre_is_the_one_that_the_source_states() -> None:
    (row,) = [row for row in ROWS if row["task"] == "MC"]
    answer = row["options"][row["answer"]]["label"]
    assert f"genre Romantic {answer.capitalize()}" in row["source"]
    assert len({option["label"] for option in row["options"]}) == 4


@pytest.mark.parametrize("path", ["../errors.py", "/etc/passwd", "samples/gone.opus", "samples", "", "."])
def test_only_bundled_files_are_handed_out(path: str) -> None:
    with pytest.raises(AmarathonError, match="is not a bundled file"):
        asset_path(path)


def test_bundled_files_are_found_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert asset_path(SAMPLES[0].path).is_absolute()


def test_the_bundled_benchmark_is_whole_and_small() -> None:
    found = load_dataset("bundled")
    assert not found.exclusions
    counts = Counter(sample.task for sample in found.samples)
    assert set(counts) == set(TASKS)
    assert all(3 <= count <= 5 for count in counts.values())
    assert sum(asset.bytes for asset in MINI) < 12_000_000
    assert {asset.path for asset in MINI} == {f"mini/{sample.audio.name}" for sample in found.samples}


def test_every_answer_of_a_bundled_task_is_not_the_same() -> None:
    for task in TASKS:
        answers = {sample.answer for sample in load_dataset("bundled", tasks=[task]).samples}
        assert len(answers) > 1 or task == "ASR"


def test_the_bundled_benchmark_may_be_passed_on_and_mixes_no_licences() -> None:
    lines = {line["id"]: line for line in read_manifest(ASSETS_FOLDER / "mini")}
    attributions = read_attributions(ASSETS_FOLDER / "mini")
    for name, line in lines.items():
        licence = licence_of_mix(piece["licence"] for piece in line["pieces"])
        assert may_be_redistributed(licence)
        assert licence == line["licence"] == attributions[name].licence


def test_bundled_recordings_are_as_their_manifest_says() -> None:
    lines = read_manifest(ASSETS_FOLDER / "mini")
    for line in lines[::7]:
        audio = load_audio(ASSETS_FOLDER / "mini" / line["file"])
        assert audio.info.channels == 1
        assert audio.pcm_sha256 == line["pcm_sha256"]
        assert 90 <= audio.duration_s <= 300
