"""The published layout, read from a miniature with every known trap."""

import json
from collections import Counter
from pathlib import Path

import pytest

from amarathon.datasets import load_dataset
from amarathon.datasets.fingerprint import dataset_sha256
from amarathon.datasets.official import OFFICIAL_SETS
from amarathon.errors import DatasetError, TaskError
from amarathon.tasks import TASKS
from amarathon.tasks.sample import Option, Sample, SampleSet
from tests.datasets.miniature import UNUSABLE, USABLE, write_json, write_official


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data") / "AudioMarathon"
    write_official(folder)
    return folder


@pytest.fixture(scope="module")
def found(root: Path) -> SampleSet:
    return load_dataset(root)


def sample(found: SampleSet, name: str) -> Sample:
    return next(sample for sample in found.samples if sample.id == name)


def test_every_usable_sample_is_found_once(found: SampleSet) -> None:
    assert Counter(sample.id for sample in found.samples) == Counter(USABLE)


def test_everything_else_is_excluded_with_its_reason(found: SampleSet) -> None:
    reasons = {(exclusion.record, exclusion.reason) for exclusion in found.exclusions}
    for record, part in UNUSABLE:
        assert any(record == name and part in reason for name, reason in reasons), (record, part, reasons)
    assert len({name for name, _ in reasons}) == len({name for name, _ in UNUSABLE})


def test_reasons_are_one_line_and_name_no_place_of_this_machine(found: SampleSet, root: Path) -> None:
    for exclusion in found.exclusions:
        assert "\n" not in exclusion.reason
        assert str(root) not in exclusion.record + exclusion.reason


def test_there_is_a_reader_for_each_task() -> None:
    assert list(OFFICIAL_SETS) == list(TASKS)


def test_samples_come_in_the_papers_order_of_tasks(found: SampleSet) -> None:
    assert list(dict.fromkeys(sample.task for sample in found.samples)) == list(TASKS)


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("SCR/test/high/1001.wav#0", "Paris"),  # a letter
        ("SCR/test/high/1001.wav#1", "Oslo"),  # a small one with spaces
        ("SER/slue/voxpopuli/1.wav", "Rome"),
        ("SER/slue/voxpopuli/2.wav", "Paris"),  # the text
        ("SED/Blender/blender_1.wav", "Blender"),
        ("MC/hiphop/hiphop.00002.wav", "Hip-hop - hiphop"),
        ("ASC/tram/tram-vienna-3.wav", "Traveling by a tram - tram"),  # the label
        ("ASC/metro/metro-lisbon-1.wav", "Traveling by an underground metro - metro"),
        ("SD/fake/HAD_2.wav", "Fake"),
        ("ER/1/angry_1.wav", "Angry"),
        ("SAR/id10002/b.wav", "Elderly (71+)"),
        ("SGR/id10002/b.wav", "Female"),
    ],
)
def test_gold_answers_are_found_by_letter_text_or_label(found: SampleSet, name: str, answer: str) -> None:
    found_sample = sample(found, name)
    assert found_sample.answer is not None
    assert found_sample.options[found_sample.answer].text == answer


@pytest.mark.parametrize(
    ("name", "options"),
    [
        (
            "SCR/test/high/1001.wav#0",
            [("London", "London"), ("Paris", "Paris"), ("Rome", "Rome"), ("Oslo", "Oslo")],
        ),
        (
            "SED/Dog/dog_1.wav",
            [
                ("Dog", "Dog"),
                ("Blender", "Blender"),
                ("Electric shaver/toothbrush", "Electric_shaver_toothbrush"),
                ("Frying", "Frying"),
            ],
        ),
        (
            "MC/blues/blues.00001.wav",
            [
                ("Rock - rock", "rock"),
                ("Blues - blues", "blues"),
                ("Hip-hop - hiphop", "hiphop"),
                ("Jazz - jazz", "jazz"),
            ],
        ),
        ("SD/real/HAD_1.wav", [("Real", "real"), ("Fake", "fake")]),
        ("SGR/id10001/a.wav", [("Male", "male"), ("Female", "female")]),
    ],
)
def test_options_have_the_tasks_labels(found: SampleSet, name: str, options: list[tuple[str, str]]) -> None:
    assert sample(found, name).options == tuple(Option(text, label) for text, label in options)


def test_transcripts_come_from_beside_the_audio(found: SampleSet) -> None:
    assert {sample.id: sample.reference for sample in found.samples if sample.task == "ASR"} == {
        "ASR/61/70970/61_70970_0.flac": "THE FIRST ONE",
        "ASR/61/70970/61_70970_1.flac": "THE SECOND ONE",
        "ASR/61/70970/61_70970_10.flac": "THE TENTH ONE",
    }


def test_age_and_gender_of_one_speaker_share_audio_and_source(found: SampleSet) -> None:
    age, gender = sample(found, "SAR/id10001/a.wav"), sample(found, "SGR/id10001/a.wav")
    assert age.audio == gender.audio
    assert age.audio.sources == ("VoxCeleb/id10001",)


def test_questions_about_one_passage_share_their_source(found: SampleSet) -> None:
    first, second = sample(found, "SCR/test/high/1001.wav#0"), sample(found, "SCR/test/high/1001.wav#1")
    assert first.audio.sources == second.audio.sources == ("race_audio/test/high/1001.wav",)


@pytest.mark.parametrize(
    ("name", "slices"),
    [
        ("SCR/test/high/1001.wav#0", {"subset": "high"}),
        ("SCR/test/middle/77.wav#0", {"subset": "middle"}),
        ("SER/slue/voxpopuli/1.wav", {"dataset": "voxpopuli", "kind": "entity_count"}),
        ("SED/Dog/dog_1.wav", {"events": "2", "kind": "single_event"}),
        ("SD/fake/HAD_2.wav", {"category": "fake"}),
        ("ER/2/sad_1.wav", {"person": "2"}),
        ("SAR/id10001/a.wav", {"age": "Mid Career (41-50)"}),
        ("MC/blues/blues.00001.wav", {}),
    ],
)
def test_samples_know_their_slices(found: SampleSet, name: str, slices: dict[str, str]) -> None:
    assert sample(found, name).slices == slices


def test_audio_is_named_inside_the_dataset_and_measured(found: SampleSet, root: Path) -> None:
    blues = sample(found, "MC/blues/blues.00001.wav").audio
    assert blues.name == "GTZAN/concatenated_audio/wav/blues/blues.00001.wav"
    assert blues.path == root / blues.name
    assert blues.duration_s == pytest.approx(1.0)
    assert sample(found, "SD/real/HAD_1.wav").audio.duration_s == pytest.approx(2.0)


def test_the_dataset_is_called_by_its_folder(found: SampleSet) -> None:
    assert found.name == "AudioMarathon"


def test_ids_hash_and_limit_do_not_depend_on_place_or_listing_order(
    found: SampleSet, root: Path, tmp_path: Path
) -> None:
    write_official(tmp_path)
    listing = tmp_path / "race_audio/race_benchmark.json"
    records = json.loads(listing.read_text(encoding="utf-8-sig"))
    write_json(listing, [record for record in reversed(records) if isinstance(record, dict)])
    again = load_dataset(tmp_path)
    assert {sample.id for sample in again.samples} == USABLE
    assert dataset_sha256(again.samples) == dataset_sha256(found.samples)
    first, second = load_dataset(root, limit=1), load_dataset(tmp_path, limit=1)
    assert {sample.id for sample in first.samples} == {sample.id for sample in second.samples}


def test_two_questions_about_one_file_are_two_samples(tmp_path: Path) -> None:
    write_official(tmp_path)
    listing = tmp_path / "SLUE/merged_audio_data.json"
    records = json.loads(listing.read_text())
    first = next(record for record in records if record["path"] == "slue/voxpopuli/1.wav")
    listing.write_text(json.dumps([first, {**first, "question": "Which one comes last?"}, first]))
    found = load_dataset(tmp_path, tasks=["SER"])
    assert [(sample.id, sample.question) for sample in found.samples] == [
        ("SER/slue/voxpopuli/1.wav", first["question"]),
        ("SER/slue/voxpopuli/1.wav#2", "Which one comes last?"),
    ]
    assert found.samples[0].audio == found.samples[1].audio
    assert [exclusion.reason for exclusion in found.exclusions] == [
        "It is listed more than once; one record is kept."
    ]


def test_half_truth_audio_is_found_without_its_metadata(tmp_path: Path) -> None:
    write_official(tmp_path)
    (tmp_path / "HAD/concatenated_audio/had_audio_classification_task.json").unlink()
    (tmp_path / "HAD/concatenated_audio/real/._HAD_1.wav").write_bytes(b"what a Mac leaves behind")
    found = load_dataset(tmp_path, tasks=["SD"])
    assert [(sample.id, sample.answer, sample.question, dict(sample.slices)) for sample in found.samples] == [
        ("SD/real/HAD_1.wav", 0, "", {"category": "real"}),
        ("SD/fake/HAD_2.wav", 1, "", {"category": "fake"}),
    ]
    assert found.exclusions == ()


def test_half_truth_metadata_may_lie_a_folder_above(tmp_path: Path) -> None:
    write_official(tmp_path)
    folder = tmp_path / "HAD/concatenated_audio"
    (folder / "had_audio_classification_task.json").rename(
        tmp_path / "HAD/had_audio_classification_task.json"
    )
    assert load_dataset(tmp_path, tasks=["SD"]).samples[0].question == "Is this audio authentic?"


def test_the_unfiltered_emotion_list_comes_first(tmp_path: Path) -> None:
    write_official(tmp_path)
    filtered = tmp_path / "VESUS/audio_emotion_dataset_filtered.json"
    records = json.loads(filtered.read_text())["data"]
    write_json(tmp_path / "VESUS/audio_emotion_dataset.json", records[:1])
    assert [sample.id for sample in load_dataset(tmp_path, tasks=["ER"]).samples] == ["ER/1/angry_1.wav"]


def test_a_set_without_its_metadata_is_reported(tmp_path: Path) -> None:
    write_official(tmp_path)
    (tmp_path / "SLUE/merged_audio_data.json").unlink()
    found = load_dataset(tmp_path)
    assert "SER" not in {sample.task for sample in found.samples}
    [reason] = [exclusion.reason for exclusion in found.exclusions if exclusion.record == "SER"]
    assert reason == "The folder SLUE has no merged_audio_data.json."


def test_only_the_tasks_asked_for_are_read(root: Path) -> None:
    found = load_dataset(root, tasks=["MC", "ASR"])
    assert {sample.task for sample in found.samples} == {"ASR", "MC"}
    assert {exclusion.record.split("/")[0] for exclusion in found.exclusions} == {"ASR"}


def test_a_task_that_is_not_there_is_reported(tmp_path: Path) -> None:
    write_official(tmp_path)
    (tmp_path / "SLUE").rename(tmp_path / "elsewhere")
    found = load_dataset(tmp_path, tasks=["SER", "MC"])
    assert [(exclusion.record, exclusion.reason) for exclusion in found.exclusions] == [
        ("SER", "The dataset has no samples of this task.")
    ]


def test_a_limit_takes_the_same_samples_of_each_task_everywhere(root: Path) -> None:
    one, two = load_dataset(root, limit=1), load_dataset(root, limit=2)
    assert set(Counter(sample.task for sample in one.samples).values()) == {1}
    assert {sample.id for sample in one.samples} < {sample.id for sample in two.samples} < USABLE
    assert one.samples == tuple(sample for sample in two.samples if sample in one.samples)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'[\n{"path": "a.wav",\n]', "merged_audio_data.json, line 3: not valid JSON"),
        (b"[\n\xff]", "merged_audio_data.json, line 2: not UTF-8 text"),
        (b'{"records": []}', "merged_audio_data.json holds no list of records"),
        (b"7", "merged_audio_data.json holds no list of records"),
        (b"", "merged_audio_data.json, line 1: not valid JSON"),
        (b"[" * 100_000, "merged_audio_data.json, line 1: not JSON that can be read"),
        (b"[" + b"9" * 5000 + b"]", "merged_audio_data.json, line 1: not JSON that can be read"),
    ],
)
def test_broken_metadata_is_named_with_its_line(tmp_path: Path, content: bytes, message: str) -> None:
    write_official(tmp_path)
    (tmp_path / "SLUE/merged_audio_data.json").write_bytes(content)
    with pytest.raises(DatasetError) as caught:
        load_dataset(tmp_path)
    assert str(caught.value).startswith(message)
    assert load_dataset(tmp_path, tasks=["MC"]).samples


def test_a_folder_without_any_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"holds no dataset: neither a metadata\.jsonl nor"):
        load_dataset(tmp_path)


def test_a_dataset_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for name in ("no such dataset", tmp_path / "missing", tmp_path / "file"):
        with pytest.raises(DatasetError, match=r"no dataset .*: give 'bundled', 'examples' or a folder"):
            load_dataset(name)


def test_an_unknown_task_and_a_limit_of_nothing_are_refused(root: Path) -> None:
    with pytest.raises(TaskError, match="There is no task scr; there are SER, SCR"):
        load_dataset(root, tasks=["scr"])
    with pytest.raises(DatasetError, match="at least 1 sample"):
        load_dataset(root, limit=0)
