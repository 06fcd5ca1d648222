"""Downloading by task: the Hub's real client against a stand-in of its HTTP interface."""

import errno
import shutil
from collections import namedtuple
from collections.abc import Callable, Iterator
from pathlib import Path

import huggingface_hub
import pytest
from huggingface_hub import constants

from amarathon.datasets import load_dataset
from amarathon.datasets.hub import RECORD_FILE, Download, download
from amarathon.errors import DatasetError, TaskError
from tests.datasets.hub_stand_in import COMMIT, REPOSITORY, StandIn, serve, use_endpoint
from tests.datasets.miniature import USABLE, write_official

API = f"/api/datasets/{REPOSITORY}"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published")
    write_official(folder)
    return folder


@pytest.fixture
def hub(published: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    with serve(published) as stand_in:
        use_endpoint(monkeypatch, stand_in.endpoint)
        yield stand_in


def fetch(to: Path, *tasks: str, revision: str = "main") -> Download:
    return download(tasks, to, repository=REPOSITORY, revision=revision)


def test_only_the_tasks_asked_for_are_downloaded(hub: StandIn, tmp_path: Path) -> None:
    done = fetch(tmp_path / "data", "MC", "SGR")
    wanted = hub.sizes("GTZAN") | hub.sizes("VoxCeleb")
    assert done == Download(
        repository=REPOSITORY,
        revision=COMMIT,
        tasks=("MC", "SGR"),
        folder=tmp_path / "data",
        files=len(wanted),
        size_bytes=sum(wanted.values()),
    )
    assert set(hub.fetched) == set(wanted)
    found = load_dataset(tmp_path / "data", tasks=["MC", "SGR"])
    assert {sample.id for sample in found.samples} == {
        name for name in USABLE if name.startswith(("MC", "SGR"))
    }


def test_the_dataset_is_named_by_the_commit_it_is_of(hub: StandIn, tmp_path: Path) -> None:
    fetch(tmp_path / "data", "MC")
    assert load_dataset(tmp_path / "data").name == "someone/AudioMarathon@0123456789ab"
    # A set that came otherwise is of nobody knows which commit.
    shutil.copytree(hub.files / "SLUE", tmp_path / "data/SLUE")
    assert load_dataset(tmp_path / "data").name == "data"
    assert load_dataset(tmp_path / "data", tasks=["MC"]).name == "someone/AudioMarathon@0123456789ab"


def test_a_branch_that_moves_meanwhile_changes_nothing(hub: StandIn, tmp_path: Path) -> None:
    fetch(tmp_path, "MC")
    assert hub.requests.count(f"{API}/revision/main") == 1
    assert not any("/resolve/main/" in path or "/tree/main" in path for path in hub.requests)


def test_a_damaged_note_of_the_download_is_named(hub: StandIn, tmp_path: Path) -> None:
    fetch(tmp_path, "MC")
    (tmp_path / RECORD_FILE).write_text('{"MC": 3}')
    with pytest.raises(DatasetError, match=RECORD_FILE):
        load_dataset(tmp_path)


def test_a_second_download_fetches_what_is_missing(hub: StandIn, tmp_path: Path) -> None:
    fetch(tmp_path, "MC")
    hub.fetched.clear()
    (tmp_path / "GTZAN/concatenated_audio/wav/blues/blues.00001.wav").unlink()
    fetch(tmp_path, "MC", "ASC", revision=COMMIT)
    assert set(hub.fetched) == {"GTZAN/concatenated_audio/wav/blues/blues.00001.wav", *hub.sizes("TAU")}


@pytest.mark.parametrize(
    ("beginning", "status", "code", "message"),
    [
        (f"{API}/revision", 404, "RepoNotFound", "There is no dataset 'someone/AudioMarathon' on the Hub"),
        (
            f"{API}/revision",
            401,
            "",
            "refuses someone/AudioMarathon (status 401): log in with 'hf auth login'",
        ),
        (
            f"{API}/revision",
            403,
            "",
            "refuses someone/AudioMarathon (status 403): log in with 'hf auth login'",
        ),
        (f"{API}/revision", 401, "GatedRepo", "is gated: accept its terms"),
        (f"/datasets/{REPOSITORY}/resolve", 401, "GatedRepo", "is gated: accept its terms"),
        (f"{API}/tree", 403, "GatedRepo", "is gated: accept its terms"),
        (f"{API}/revision", 429, "", "The Hub answered with status 429"),
        (f"{API}/revision", 403, "GatedRepo", "is gated: accept its terms"),
        (f"/datasets/{REPOSITORY}/resolve", 403, "GatedRepo", "is gated: accept its terms"),
        (f"{API}/revision", 404, "RevisionNotFound", "has no revision 'main'"),
        (f"{API}/tree", 404, "EntryNotFound", "at main does not hold the sets asked for"),
        (f"{API}/revision", 400, "", "The Hub answered with status 400"),
        (f"/datasets/{REPOSITORY}/resolve", 404, "EntryNotFound", "does not hold the sets asked for"),
    ],
)
def test_a_refusal_is_one_sentence(
    hub: StandIn, tmp_path: Path, beginning: str, status: int, code: str, message: str
) -> None:
    hub.refusals[beginning] = (status, code)
    with pytest.raises(DatasetError) as caught:
        fetch(tmp_path, "MC")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / RECORD_FILE).exists()


def test_a_revision_that_does_not_exist_is_refused(hub: StandIn, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="has no revision 'v9'"):
        fetch(tmp_path, "MC", revision="v9")


@pytest.mark.parametrize("name", ["not an id", "a/b/c", ""])
def test_what_is_no_id_is_refused(hub: StandIn, tmp_path: Path, name: str) -> None:
    with pytest.raises(DatasetError, match="There is no dataset"):
        download(["MC"], tmp_path, repository=name)


def test_an_unknown_task_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TaskError, match="There is no task XYZ"):
        fetch(tmp_path, "XYZ")


def test_no_network_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_endpoint(monkeypatch, "http://127.0.0.1:1")
    (tmp_path / "something").write_text("is here already")
    with pytest.raises(DatasetError, match="Hub cannot be reached"):
        fetch(tmp_path, "MC")


def test_offline_mode_is_one_sentence(hub: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(DatasetError, match="offline mode: unset HF_HUB_OFFLINE"):
        fetch(tmp_path, "MC")


def test_too_small_a_disk_is_told_before_the_first_byte(
    hub: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**9, 10**9, 1000))
    with pytest.raises(DatasetError, match=r"needs 0\.0 GB, and 0\.0 GB of the disk are free"):
        fetch(tmp_path / "new/data", "MC")
    assert hub.fetched == []


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "The disk is full"),
        (PermissionError(errno.EACCES, "Permission denied"), "cannot be written: Permission denied"),
    ],
)
def test_a_disk_that_fails_is_one_sentence(
    hub: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, message: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(huggingface_hub, "snapshot_download", fail)
    with pytest.raises(DatasetError, match=message):
        fetch(tmp_path, "MC")


def test_a_download_that_stops_short_is_noticed(
    hub: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What the client does when the network goes away between its requests.
    monkeypatch.setattr(huggingface_hub, "snapshot_download", lambda *_, **__: str(tmp_path))
    with pytest.raises(DatasetError, match=r"3 files did not arrive, GTZAN/.* among them"):
        fetch(tmp_path, "MC")
    assert not (tmp_path / RECORD_FILE).exists()


BLUES = "GTZAN/concatenated_audio/wav/blues/blues.00001.wav"


def test_a_connection_that_is_cut_goes_on_where_it_was(
    hub: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constants, "DOWNLOAD_CHUNK_SIZE", 1000)  # ten megabytes, more than the whole file
    hub.cut[BLUES] = 5000
    fetch(tmp_path, "MC")
    assert hub.resumed == {BLUES: 5000}
    assert (tmp_path / BLUES).read_bytes() == (hub.files / BLUES).read_bytes()


@pytest.mark.parametrize(
    "content",
    [lambda true: bytes(len(true)), lambda true: true[:-1] + bytes([true[-1] ^ 1])],
    ids=["zeros", "one bit"],
)
@pytest.mark.parametrize(
    "path", [BLUES, "GTZAN/concatenated_audio/music_genre_classification_meta.json"], ids=["large", "small"]
)
def test_what_came_damaged_is_not_taken_and_fetched_again(
    hub: StandIn, tmp_path: Path, path: str, content: Callable[[bytes], bytes]
) -> None:
    hub.damaged[path] = content((hub.files / path).read_bytes())
    with pytest.raises(DatasetError, match=rf"^1 files came damaged, {path} among them, and were removed"):
        fetch(tmp_path, "MC")
    assert not (tmp_path / path).exists()
    assert not (tmp_path / RECORD_FILE).exists()
    hub.damaged.clear()
    fetch(tmp_path, "MC")
    assert (tmp_path / path).read_bytes() == (hub.files / path).read_bytes()


def test_a_file_that_is_listed_and_not_there_is_one_sentence(hub: StandIn, tmp_path: Path) -> None:
    hub.refusals[f"/datasets/{REPOSITORY}/resolve/{COMMIT}/{BLUES}"] = (404, "EntryNotFound")
    with pytest.raises(DatasetError, match=r"does not hold the sets asked for\.$"):
        fetch(tmp_path, "MC")
    assert not (tmp_path / RECORD_FILE).exists()


def test_a_dataset_that_was_renamed_is_named(hub: StandIn, tmp_path: Path) -> None:
    hub.moved["/api/datasets/before/Marathon"] = API
    with pytest.raises(
        DatasetError, match=r"^before/Marathon is called someone/AudioMarathon now: download it"
    ):
        download(["MC"], tmp_path, repository="before/Marathon")
    assert hub.fetched == []


def test_until_it_is_whole_again_a_folder_is_of_no_commit(hub: StandIn, tmp_path: Path) -> None:
    fetch(tmp_path, "MC", "ASC")
    (tmp_path / BLUES).unlink()
    hub.refusals[f"/datasets/{REPOSITORY}/resolve"] = (403, "GatedRepo")
    with pytest.raises(DatasetError):
        fetch(tmp_path, "MC")
    assert load_dataset(tmp_path, tasks=["MC"]).name == tmp_path.name
    assert load_dataset(tmp_path, tasks=["ASC"]).name == "someone/AudioMarathon@0123456789ab"
