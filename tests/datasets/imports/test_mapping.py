"""Mapping files: every mistake in one is named with its line."""

from pathlib import Path

import pytest

from amarathon.datasets import load_dataset
from amarathon.datasets.imports import find_benchmark, import_benchmark, read_mapping
from amarathon.datasets.imports.sources import downloaded, placed
from amarathon.errors import DatasetError
from tests.datasets.hub_stand_in import COMMIT, REPOSITORY, serve, use_endpoint
from tests.datasets.imports.published import cell, parquet, sound

SOUND = """\
name: mine
title: Mine
kind: QA
splits:
  test: {files: "*.parquet"}
columns:
  audio: audio
  question: question
  choices: choices
  answer: answer
"""
SPOKEN = SOUND.replace("kind: QA", "kind: STT").replace(
    "  question: question\n  choices: choices\n  answer: answer", "  reference: text"
)


def write(folder: Path, text: str) -> Path:
    path = folder / "mine.yaml"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("- a list", "mine.yaml, line 1: a mapping file is a mapping of fields."),
        (SOUND + "name: again\n", "mine.yaml, line 11: name is given twice."),
        (SOUND + "colour: red\n", "mine.yaml, line 11: colour is no field of a mapping."),
        (SOUND.replace("title: Mine\n", ""), "title is missing"),
        (SOUND.replace("QA", "XX"), "there is no kind 'XX'; there are QA, STT, AST, ASTC"),
        (
            SOUND.replace("  answer: answer\n", ""),
            "of kind QA, which needs columns for question, choices and answer",
        ),
        (SOUND.replace("QA", "AST"), "of kind AST, which needs a column for reference"),
        (SPOKEN + "question: Which words?\n", "is asked by its own prompt and takes no question"),
        (SPOKEN + "language: de\n", "is scored in English alone, not in 'de'"),
        (SOUND.replace("audio: audio", "sound: audio"), "mine.yaml, line 6: columns.audio is missing."),
        (
            SOUND + "answer_form: roman\n",
            "mine.yaml, line 11: answer_form: Input should be 'text', 'letter' or",
        ),
        ("a: !!python/object/apply:os.abort []\n", "mine.yaml, line 1: not valid YAML"),
    ],
)
def test_a_mistake_is_named_with_its_line(text: str, fault: str, tmp_path: Path) -> None:
    with pytest.raises(DatasetError) as caught:
        read_mapping(write(tmp_path, text))
    assert fault in str(caught.value)


def test_a_mapping_or_benchmark_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"none\.yaml cannot be read: No such file"):
        read_mapping(tmp_path / "none.yaml")
    with pytest.raises(DatasetError, match=r"There is no benchmark 'mmauu'; there are blab, .*--mapping"):
        find_benchmark("mmauu")
    with pytest.raises(DatasetError, match="MMAU has no split 'dev'; there are test_mini"):
        find_benchmark("mmau").split("dev")


def test_tsv_and_clips_are_read_with_quotes_as_they_are(tmp_path: Path) -> None:
    # As Common Voice is given out: https://github.com/common-voice/cv-dataset
    text = (
        SPOKEN.replace("*.parquet", "test.tsv")
        .replace("audio: audio", "audio: path")
        .replace("text", "sentence")
    )
    benchmark = read_mapping(write(tmp_path, text + "audio_folder: clips\n"))
    clips = tmp_path / "files/clips"
    clips.mkdir(parents=True)
    for number in (1, 2):
        (clips / f"{number}.mp3").write_bytes(sound(number, "MP3"))
    lines = ["client_id\tpath\tsentence", 'a\t1.mp3\t"Stop, he said.', "b\t2.mp3\tYes.", "c\t3.mp3\tGone."]
    (tmp_path / "files/test.tsv").write_text("\n".join(lines) + "\n")
    split, part = benchmark.split(None)
    done = import_benchmark(benchmark, split, placed(tmp_path / "files", part), tmp_path / "out")
    assert [sample.reference for sample in load_dataset(tmp_path / "out").samples] == [
        '"Stop, he said.',
        "Yes.",
    ]
    assert done.note.left_out[0].record == "row-000003 (test.tsv row 3)"


def hub_mapping(folder: Path, extra: str = "") -> Path:
    text = SOUND.replace("*.parquet", "data/*.parquet")
    return write(folder, text + f"hub:\n  repository: {REPOSITORY}\n{extra}")


def test_the_hub_is_asked_once_for_its_commit_and_every_file_is_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = {"audio": cell(1), "question": "Which?", "choices": ["a", "b"], "answer": "a"}
    parquet(tmp_path / "hub/data/test.parquet", [row])
    parquet(tmp_path / "hub/other/test.parquet", [row])
    benchmark = read_mapping(hub_mapping(tmp_path))
    split, part = benchmark.split(None)
    with serve(tmp_path / "hub") as hub:
        use_endpoint(monkeypatch, hub.endpoint)
        source = downloaded(benchmark, part, None, tmp_path / "data")
        fetched = list(hub.fetched)
        downloaded(benchmark, part, None, tmp_path / "data")
        assert hub.fetched == fetched
    assert [path.rpartition("/")[2] for path in fetched] == ["test.parquet"]
    assert (source.repository, source.commit) == (REPOSITORY, COMMIT)
    done = import_benchmark(benchmark, split, source, tmp_path / "out")
    assert (done.note.commit, done.note.name, done.samples) == (COMMIT, "Mine, test", 1)


def test_without_the_hub_the_command_to_place_the_files_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_endpoint(monkeypatch, "http://127.0.0.1:9")
    benchmark = read_mapping(hub_mapping(tmp_path))
    with pytest.raises(DatasetError) as caught:
        downloaded(benchmark, benchmark.split(None)[1], None, tmp_path / "data")
    assert str(caught.value) == (
        "The Hugging Face Hub cannot be reached; check the network. Or place the files by hand: hf download "
        f"{REPOSITORY} --repo-type dataset --revision main --include 'data/*.parquet' --local-dir FOLDER, "
        "then import with --from FOLDER."
    )


def test_what_is_left_to_do_by_hand_is_told_after_the_download(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parquet(tmp_path / "hub/data/test.parquet", [{"audio": "a.wav"}])
    (tmp_path / "hub/audio.zip").write_bytes(b"PK")
    benchmark = read_mapping(hub_mapping(tmp_path, "  audio: [audio.zip]\n  by_hand: Unpack audio.zip.\n"))
    with serve(tmp_path / "hub") as hub:
        use_endpoint(monkeypatch, hub.endpoint)
        with pytest.raises(
            DatasetError, match=r"The files of Mine are in .*someone--AudioMarathon\. Unpack audio.zip"
        ):
            downloaded(benchmark, benchmark.split(None)[1], None, tmp_path / "data")
    assert (tmp_path / "data/someone--AudioMarathon/audio.zip").is_file()


def test_a_folder_without_the_tables_says_what_is_there(tmp_path: Path) -> None:
    part = find_benchmark("mmau").split(None)[1]
    with pytest.raises(DatasetError, match="There is neither a folder nor a table"):
        placed(tmp_path / "none", part)
    with pytest.raises(DatasetError, match=r"fits 'data/test_mini-.*it holds no table"):
        placed(tmp_path, part)
    parquet(tmp_path / "elsewhere.parquet", [{"a": 1}])
    with pytest.raises(DatasetError, match=r"its first table is elsewhere\.parquet"):
        placed(tmp_path, part)
