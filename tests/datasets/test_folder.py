"""Our folder form: what is written is what is read, and every bad line is named."""

import json
import shutil
import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from amarathon.datasets import load_dataset
from amarathon.datasets.fingerprint import dataset_sha256
from amarathon.datasets.folder import Attribution, FolderRecord, read_attributions
from amarathon.datasets.folder_writing import write_folder
from amarathon.errors import DatasetError
from amarathon.tasks.sample import Option, Sample, SampleAudio
from tests.datasets.miniature import write_audio, write_official


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "ours"
    write_audio(folder / "a.wav", seconds=0.5)
    write_audio(folder / "deep/b.flac", seconds=0.5)
    return folder


LINE: dict[str, Any] = {
    "file_name": "a.wav",
    "id": "one",
    "task": "SCR",
    "question": "Who?",
    "options": [{"text": "Ann", "label": "Ann"}, {"text": "Ben", "label": "Ben"}],
    "answer": 1,
}


def write_lines(folder: Path, *lines: Any) -> None:
    (folder / "metadata.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))


def reasons(folder: Path) -> dict[str, str]:
    return {exclusion.record: exclusion.reason for exclusion in load_dataset(folder).exclusions}


def test_a_line_becomes_a_sample(folder: Path) -> None:
    write_lines(folder, LINE)
    found = load_dataset(folder)
    assert found.name == "ours"
    assert found.exclusions == ()
    [sample] = found.samples
    assert sample == Sample(
        id="one",
        task="SCR",
        audio=SampleAudio(folder / "a.wav", "a.wav", ("a.wav",), duration_s=0.5),
        question="Who?",
        options=(Option("Ann", "Ann"), Option("Ben", "Ben")),
        answer=1,
    )


def test_everything_a_line_states_is_kept(folder: Path) -> None:
    stated = {
        "duration_s": 4.25,
        "sources": ["tape 1", "tape 2"],
        "slices": {"room": "large", "absent in this row": None},
        "sha256": "a" * 64,
        "pcm_sha256": "b" * 64,
        "licence": "CC0-1.0",
        "author": "Ann",
        "source": "https://example.org",
        "a field of another tool": {"is": ["left", "alone"]},
    }
    write_lines(folder, LINE | stated)
    [sample] = load_dataset(folder).samples
    assert sample.audio == SampleAudio(
        folder / "a.wav", "a.wav", ("tape 1", "tape 2"), 4.25, "a" * 64, "b" * 64
    )
    assert sample.slices == {"room": "large"}
    assert read_attributions(folder) == {"one": Attribution("CC0-1.0", "Ann", "https://example.org")}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"file_name": "../../etc/passwd"}, "leads out of the dataset"),
        ({"file_name": "/etc/passwd"}, "is absolute"),
        ({"file_name": "missing.wav"}, "does not exist"),
        ({"file_name": "metadata.jsonl"}, "is not audio"),
        ({"file_name": "deep"}, "is a folder"),
        ({"file_name": "x" * 5000}, "name is too long"),
        ({"file_name": None}, "file_name: Input should be a valid string"),
        ({"task": "XYZ"}, "There is no task 'XYZ'"),
        ({"question": ["Who?"]}, "question: Input should be a valid string"),
        ({"options": []}, "It has 0 options, and SCR takes 2 to 4"),
        ({"options": [{"text": str(number), "label": ""} for number in range(5)]}, "5 options"),
        ({"options": [{"text": "Ann", "label": ""}, {"text": "ann ", "label": ""}]}, "the same: 'ann'"),
        ({"options": ["Ann", "Ben"]}, "options.0: Input should be a valid dictionary"),
        ({"options": [{"text": "Ann"}, {"text": "Ben"}]}, "options.0.label: Field required"),
        ({"answer": None}, "does not say which option is right"),
        ({"answer": 2}, "is the index of no option"),
        ({"answer": -1}, "is the index of no option"),
        ({"answer": "B"}, "answer: Input should be a valid integer"),
        ({"answer": True}, "answer: Input should be a valid integer"),
        ({"duration_s": -1}, "duration_s: Input should be greater"),
        ({"duration_s": "long"}, "duration_s: Input should be a valid number"),
        ({"sha256": "abc"}, "sha256: String should match"),
        ({"slices": {"room": 3}}, "slices.room: Input should be a valid string"),
        ({"question": "\ud800"}, "not valid Unicode"),
        ({"task": "ASR", "options": [], "answer": None}, "no reference transcript"),
        ({"task": "ASR", "options": [], "answer": None, "reference": " \n"}, "no reference transcript"),
        ({"task": "SGR"}, "not in the order that the prompt of SGR fixes: male, female"),
    ],
)
def test_a_bad_line_is_reported_and_the_rest_is_used(
    folder: Path, change: dict[str, Any], reason: str
) -> None:
    write_lines(folder, LINE | change, LINE | {"id": "two", "file_name": "deep/b.flac"})
    found = load_dataset(folder)
    assert [sample.id for sample in found.samples] == ["two"]
    [left_out] = found.exclusions
    assert left_out.record == "one"
    assert reason in left_out.reason
    assert "\n" not in left_out.reason


def test_a_line_without_an_id_is_reported_by_its_number(folder: Path) -> None:
    write_lines(folder, LINE, {"file_name": "a.wav"}, ["not", "a", "record"], LINE | {"id": ""})
    assert set(reasons(folder)) == {"metadata.jsonl line 2", "metadata.jsonl line 3", "metadata.jsonl line 4"}


def test_a_repeated_id_is_reported(folder: Path) -> None:
    write_lines(folder, LINE, LINE, LINE | {"id": "two"}, LINE | {"id": "two", "answer": 0})
    found = load_dataset(folder)
    assert [sample.id for sample in found.samples] == ["one"]
    assert [(exclusion.record, exclusion.reason) for exclusion in found.exclusions] == [
        ("one", "It is listed more than once; one record is kept."),
        ("two", "Different records share this id; none is kept."),
        ("two", "Different records share this id; none is kept."),
    ]


@pytest.mark.parametrize(
    "field", [name for name, field in FolderRecord.model_fields.items() if not field.is_required()]
)
def test_null_is_absent_in_every_field_that_may_be(folder: Path, field: str) -> None:
    """Arrow writes null for a key that some other row of the file has."""
    for task in ({}, {"task": "ASR", "reference": "words", "options": [], "answer": None}):
        line = LINE | task
        outcomes = []
        for variant in (line | {field: None}, {key: value for key, value in line.items() if key != field}):
            write_lines(folder, variant)
            found = load_dataset(folder)
            outcomes.append((found.samples, found.exclusions))
        assert outcomes[0] == outcomes[1]
        assert not any("In its metadata" in outcome.reason for outcome in outcomes[0][1])


@pytest.mark.parametrize("task", ["SCR", "SGR", "SED"])
def test_an_option_without_a_label_is_labelled_by_its_text(folder: Path, task: str) -> None:
    texts = {"SCR": ("Ann", "Ben"), "SGR": ("Male", "female"), "SED": ("a cat - Cat", "Dog")}[task]
    labels = {"SCR": ("Ann", "Ben"), "SGR": ("male", "female"), "SED": ("Cat", "Dog")}[task]
    write_lines(folder, LINE | {"task": task, "options": [{"text": text, "label": None} for text in texts]})
    [sample] = load_dataset(folder).samples
    assert tuple(option.label for option in sample.options) == labels
    assert tuple(option.text for option in sample.options) == texts


def test_a_row_as_arrow_writes_it_is_read(folder: Path) -> None:
    every = dict.fromkeys(FolderRecord.model_fields) | LINE
    every |= {"sources": [None, "tape"], "slices": {"room": None, "noise": "low"}}
    write_lines(folder, every)
    [sample] = load_dataset(folder).samples
    assert sample.audio.sources == ("tape",)
    assert sample.slices == {"noise": "low"}
    assert read_attributions(folder) == {"one": Attribution()}


FORMS = ["NFC", "NFD"]


@pytest.mark.parametrize("on_disk", FORMS)
@pytest.mark.parametrize("stated", FORMS)
@pytest.mark.parametrize("name", ["Gespräch.wav", "Ünïcode/Ñandú é.wav", "한국어.wav", "plain.wav"])
def test_a_name_is_found_however_its_accents_are_encoded(
    folder: Path, name: str, stated: str, on_disk: str
) -> None:
    write_audio(folder / unicodedata.normalize(on_disk, name), seconds=0.5)
    write_lines(folder, LINE | {"file_name": unicodedata.normalize(stated, name)})
    samples = load_dataset(folder).samples
    assert len(samples) == 1
    before = sorted(folder.rglob("*"))
    write_folder(folder, samples)
    assert sorted(folder.rglob("*")) == before
    assert len(load_dataset(folder).samples) == 1


def test_of_two_files_whose_names_look_alike_each_is_itself(folder: Path) -> None:
    names = [unicodedata.normalize(form, "é.wav") for form in FORMS]
    for number, name in enumerate(names, start=1):
        write_audio(folder / name, seconds=number)
    write_lines(folder, *(LINE | {"id": name, "file_name": name} for name in names))
    assert [sample.audio.duration_s for sample in load_dataset(folder).samples] == [1.0, 2.0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"id": "one"}\n\n{"id": \n', "metadata.jsonl, line 3: not valid JSON"),
        (b'{"id": "one"}\n\xff\n', "metadata.jsonl, line 2: not UTF-8 text"),
    ],
)
def test_a_damaged_file_is_refused(folder: Path, content: bytes, message: str) -> None:
    (folder / "metadata.jsonl").write_bytes(content)
    with pytest.raises(DatasetError) as caught:
        load_dataset(folder)
    assert str(caught.value).startswith(message)


def test_windows_line_ends_and_a_byte_order_mark_are_read(folder: Path) -> None:
    (folder / "metadata.jsonl").write_text(f"\ufeff{json.dumps(LINE)}\r\n\r\n", newline="", encoding="utf-8")
    assert [sample.id for sample in load_dataset(folder).samples] == ["one"]


def test_only_the_tasks_asked_for_are_read(folder: Path) -> None:
    asr = {"file_name": "a.wav", "id": "three", "task": "ASR", "reference": "words"}
    write_lines(folder, LINE, asr, LINE | {"id": "bad", "answer": 9})
    found = load_dataset(folder, tasks=["ASR"])
    assert [sample.id for sample in found.samples] == ["three"]
    assert found.exclusions == ()


def test_a_link_inside_the_folder_may_lead_out_of_it(folder: Path, tmp_path: Path) -> None:
    # The Hub's cache is made of such links.
    write_audio(tmp_path / "blobs/0123.wav", seconds=0.5)
    (folder / "link.wav").symlink_to(tmp_path / "blobs/0123.wav")
    write_lines(folder, LINE | {"file_name": "link.wav"})
    assert len(load_dataset(folder).samples) == 1


def test_a_dataset_written_and_read_is_the_same_dataset(tmp_path: Path) -> None:
    write_official(tmp_path / "official")
    first = load_dataset(tmp_path / "official")
    write_folder(tmp_path / "ours", first.samples)
    again = load_dataset(tmp_path / "ours")
    assert again.exclusions == ()
    assert dataset_sha256(again.samples) == dataset_sha256(first.samples)
    shutil.rmtree(tmp_path / "official")
    assert [sample.id for sample in load_dataset(tmp_path / "ours").samples] == [
        sample.id for sample in first.samples
    ]


def test_writing_twice_into_the_same_folder_changes_nothing(folder: Path) -> None:
    write_lines(folder, LINE)
    samples = load_dataset(folder).samples
    write_folder(folder, samples, {"one": Attribution(author="Ann")})
    once = (folder / "metadata.jsonl").read_bytes()
    write_folder(folder, load_dataset(folder).samples, read_attributions(folder))
    assert (folder / "metadata.jsonl").read_bytes() == once
    assert sorted(path.name for path in folder.iterdir()) == ["a.wav", "deep", "metadata.jsonl"]


def test_what_could_not_be_read_back_is_not_written(folder: Path, tmp_path: Path) -> None:
    write_lines(folder, LINE)
    [sample] = load_dataset(folder).samples
    other = replace(sample, id="two", audio=replace(sample.audio, path=folder / "deep/b.flac"))
    for samples, reason in [
        ([sample, sample], "Two samples share the id one"),
        ([sample, other], r"Two different files are called a\.wav"),
        ([replace(sample, answer=None)], "one cannot be written. It does not say"),
        ([replace(sample, audio=replace(sample.audio, name="../a.wav"))], "leads out"),
        ([replace(sample, audio=replace(sample.audio, name="metadata.jsonl"))], "no name for its audio"),
        ([replace(sample, audio=replace(sample.audio, path=tmp_path / "gone.wav"))], "Its audio is missing"),
    ]:
        with pytest.raises(DatasetError, match=reason):
            write_folder(tmp_path / "out", samples)
        assert not (tmp_path / "out/metadata.jsonl").exists()
