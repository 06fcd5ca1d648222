"""Each benchmark from its published form to samples."""

import re
from pathlib import Path

import pytest

from amarathon.audio import load_audio
from amarathon.datasets import load_dataset
from amarathon.datasets.imports import benchmarks, find_benchmark, import_benchmark
from amarathon.datasets.imports.sources import placed
from amarathon.tasks import EVERY_TASK, TASKS
from tests.datasets.imports.published import PUBLISHED

# Sample id: question, right option or reference, sources.
FIRST = {
    "mmau": ("a1", "What is heard?", "A cat's cry", None),
    "mmau-pro": ("p1", "Which?", "six", None),
    "mmar": ("v_1", "Who?", "She", "url https://video/1"),
    "mmsu": ("m1", "Which?", "flat", None),
    "blab": ("row-000001", "Which emotion?", "calm", "video_url https://video/0"),
    "librispeech": ("1089-134686-0001", "", "HE HOPED THERE WOULD BE STEW", "speaker_id 1089"),
    "common-voice": ("common_voice_en_1.mp3", "", "Joe Keaton disapproved.", "client_id c1"),
    "covost2": (
        "common_voice_en_1",
        "Translate what is said into German.",
        "Die Katze schläft heute.",
        "client_id c1",
    ),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_published_form_becomes_samples(name: str, tmp_path: Path) -> None:
    PUBLISHED[name](tmp_path / "files")
    benchmark = find_benchmark(name)
    split, part = benchmark.split(None)
    done = import_benchmark(benchmark, split, placed(tmp_path / "files", part), tmp_path / "out")
    dataset = load_dataset(tmp_path / "out")
    assert (done.samples, len(dataset.samples)) == (2, 2)
    sample = dataset.samples[0]
    sample_id, question, gold, source = FIRST[name]
    task = EVERY_TASK[sample.task]
    assert task.code == benchmark.kind
    assert task.code not in TASKS
    right = sample.options[sample.answer].text if sample.answer is not None else sample.reference
    assert (sample.id, sample.question, right) == (sample_id, question, gold)
    assert sample.audio.sources == ((source,) if source else (sample.audio.name,))
    assert sample.audio.duration_s == pytest.approx(0.5, abs=0.1)
    assert load_audio(sample.audio.path).sha256 == sample.audio.sha256
    assert dataset.name == f"{benchmark.title}, {split}"
    assert gold not in task.messages(sample)[0]["content"][0]["text"]


def test_what_mmau_pro_has_beside_choices_is_left_out_by_name(tmp_path: Path) -> None:
    PUBLISHED["mmau-pro"](tmp_path / "files")
    benchmark = find_benchmark("mmau-pro")
    split, part = benchmark.split(None)
    done = import_benchmark(benchmark, split, placed(tmp_path / "files", part), tmp_path / "out")
    assert [(row.record, row.reason) for row in done.note.left_out] == [
        ("open (test.parquet row 3)", "Its column 'choices' is empty: there are no choices."),
        ("several (test.parquet row 4)", "Its column 'audio_path' holds 2 recordings; a sample has one."),
    ]
    assert load_dataset(tmp_path / "out").exclusions == tuple(done.note.exclusions)


def test_every_benchmark_says_where_its_form_is_seen() -> None:
    assert set(benchmarks()) == set(PUBLISHED)
    folder = Path(__file__).parents[3] / "amarathon/datasets/benchmarks"
    for name in benchmarks():
        text = (folder / f"{name}.yaml").read_text()
        comment = "".join(line for line in text.splitlines(keepends=True) if line.startswith("#"))
        assert re.search(r"https://huggingface\.co/datasets/\S+", comment), name


def test_translations_are_scored_by_characters_where_words_have_no_spaces() -> None:
    benchmark = find_benchmark("covost2")
    assert len(benchmark.splits) == 15 + 21
    by_characters = {
        name for name, split in benchmark.splits.items() if benchmark.task_of(split).tokenizer == "char"
    }
    assert by_characters == {"en_zh-CN", "en_ja"}
