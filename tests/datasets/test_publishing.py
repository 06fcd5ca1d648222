"""Publishing: the Hub's real client against a stand-in of its HTTP interface."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from amarathon.construction.card import write_card
from amarathon.construction.finalisation import finalise
from amarathon.construction.tools import build
from amarathon.datasets.publishing import push
from amarathon.errors import DatasetError
from tests.construction.toys import toy_jobs
from tests.datasets.hub_stand_in import COMMIT, REPOSITORY, StandIn, serve, use_endpoint


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    out = tmp_path / "toys"
    built, _ = build(toy_jobs(3), out, workers=1)
    finalise(out, "Toys", built, [], {"seed": 0})
    write_card(out)
    return out


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    monkeypatch.setenv("HF_TOKEN", "hf_stand_in")
    with serve(tmp_path) as stand_in:
        use_endpoint(monkeypatch, stand_in.endpoint)
        yield stand_in


def content(hub: StandIn) -> dict[str, bytes]:
    files = [line["value"] for line in hub.sent if line.get("key") == "file"]
    return {file["path"]: base64.b64decode(file["content"]) for file in files}


def test_card_metadata_manifest_and_audio_are_published_in_one_commit(hub: StandIn, folder: Path) -> None:
    (folder / "private.txt").write_text("nobody's business")
    done = push(folder, REPOSITORY, private=True)
    assert (done.repository, done.revision) == (REPOSITORY, COMMIT)
    sent = content(hub)
    assert {"README.md", "metadata.jsonl", "manifest.jsonl", "build.json"} <= set(sent)
    assert len([name for name in sent if name.endswith(".flac")]) == 3
    assert not any(name.startswith(".build") or name == "private.txt" for name in sent)
    assert all((folder / name).read_bytes() == body for name, body in sent.items())
    assert done.files == len(sent)
    assert done.size_bytes == sum(map(len, sent.values()))
    made = next(line for line in hub.sent if line.get("type") == "dataset")
    assert made["visibility"] == "private"


def test_a_refusal_is_one_sentence(hub: StandIn, folder: Path) -> None:
    hub.refusals["/api/repos/create"] = (403, "")
    with pytest.raises(DatasetError, match="status 403"):
        push(folder, REPOSITORY)


def test_what_may_not_be_passed_on_is_not(hub: StandIn, folder: Path) -> None:
    path = folder / "metadata.jsonl"
    path.write_text(path.read_text().replace("CC0-1.0", "For research only", 1))
    with pytest.raises(DatasetError, match=r"toy-000 \(For research only\) does not allow passing it on"):
        push(folder, REPOSITORY)
    assert not hub.sent


def test_a_folder_that_is_not_whole_is_refused(hub: StandIn, folder: Path) -> None:
    next(folder.rglob("*.flac")).unlink()
    with pytest.raises(DatasetError, match="is not whole: toy-00"):
        push(folder, REPOSITORY)
    (folder / "README.md").unlink()
    with pytest.raises(DatasetError, match=r"has no README\.md"):
        push(folder, REPOSITORY)
    assert not hub.sent
