"""A probing from clips to averages: resumed, refused, and the same however it was come by."""

import json
import sys
from dataclasses import replace
from importlib import util
from pathlib import Path

import numpy as np
import pytest

from amarathon.errors import AmarathonError, DatasetError, RunError
from amarathon.probes.classifiers import PROTOCOLS
from amarathon.probes.embedding import embeddings
from amarathon.probes.folder import HEADER_FILE, RECORDS_FILE, read_probing, read_summary, writing
from amarathon.probes.material import material
from amarathon.probes.running import probe

_spec = util.spec_from_file_location("probe_toys", Path(__file__).with_name("toys.py"))
toys = util.module_from_spec(_spec)
_spec.loader.exec_module(toys)


def run(tmp_path, encoder=None, *, name="surface:all", out="out", **options):
    own = encoder or toys.Bands()
    options.setdefault("suite", "toys")
    return probe(
        [name], [toys.TONES], tmp_path / out, cache=tmp_path / "cache", load=lambda _: own, **options
    )


@pytest.fixture(autouse=True)
def neighbours_alone(request, monkeypatch):
    """All tests but the first need no more than one probe."""
    if request.function is not test_a_probing_says_what_its_records_say:
        monkeypatch.setitem(PROTOCOLS, "ours", ("knn",))
    # The module, which its own function hides in the package.
    monkeypatch.setattr(sys.modules["amarathon.probes.classifiers.mlp"], "STEPS", 60)


def test_a_probing_says_what_its_records_say(tmp_path):
    summary = run(tmp_path)
    header, records = read_probing(tmp_path / "out")
    assert {(record.layer, record.probe) for record in records} == {
        (layer, name) for layer in ("0", "1") for name in ("knn", "knn-centred", "logistic", "mlp")
    }
    task = header.tasks[0]
    assert (task.train, task.validation, task.test, task.chance) == (20, 8, 20, 50.0)
    for record in records:
        right = np.mean(np.array(record.predicted) == np.array(task.truth))
        assert record.score == pytest.approx(100 * right)
        assert record.low <= record.score <= record.high
        assert (record.n, record.groups) == (20, 5)
    logistic = {
        (row.domain, row.average): row
        for row in summary.averages
        if (row.layer, row.probe) == ("0", "logistic")
    }
    assert logistic["all", "macro"].score == 100
    assert logistic["music", "above_chance"].score == 100
    assert read_summary(tmp_path / "out") == summary


def test_what_is_there_is_not_measured_again(tmp_path):
    first = toys.Bands()
    run(tmp_path, first)
    lines = (tmp_path / "out" / RECORDS_FILE).read_bytes()
    again = toys.Bands()
    run(tmp_path, again)
    assert (first.calls, again.calls) == (48, 0)
    assert (tmp_path / "out" / RECORDS_FILE).read_bytes() == lines
    # A probing that was killed after some records goes on behind them, without an embedding made again.
    (tmp_path / "out" / RECORDS_FILE).write_bytes(b"".join(lines.splitlines(keepends=True)[:1]))
    run(tmp_path, again)
    assert again.calls == 0

    def figures(text):
        return [
            {k: v for k, v in json.loads(line).items() if k not in {"at", "fit_s"}}
            for line in text.splitlines()
        ]

    assert figures((tmp_path / "out" / RECORDS_FILE).read_bytes()) == figures(lines)


def test_a_second_encoder_joins_the_first(tmp_path):
    run(tmp_path, name="surface")
    other = toys.Bands()
    other.identity = replace(other.identity, name="other")
    summary = run(tmp_path, other, name="logmel")
    assert {row.encoder for row in summary.averages} == {"bands", "other"}
    assert [encoder.name for encoder in read_probing(tmp_path / "out")[0].encoders] == ["bands", "other"]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"protocol": "xares"}, "the protocol ours"),
        ({"seed": 1}, "the seed 0"),
        ({"suite": "x"}, "the suite toys"),
    ],
)
def test_another_probing_is_refused(tmp_path, change, what):
    run(tmp_path, name="surface")
    with pytest.raises(RunError, match=what):
        run(tmp_path, name="surface", **change)


def test_other_weights_are_refused(tmp_path):
    run(tmp_path, name="surface")
    with pytest.raises(RunError, match="other weights of bands"):
        run(tmp_path, toys.Bands("2"), name="surface")


def test_a_folder_has_one_writer_and_nothing_else_in_it(tmp_path):
    with writing(tmp_path / "out"), pytest.raises(RunError, match="Another process"):
        run(tmp_path, name="surface")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "notes.txt").write_text("mine")
    with pytest.raises(RunError, match=r"notes\.txt"):
        run(tmp_path, out="other", name="surface")


def test_a_damaged_record_is_named(tmp_path):
    run(tmp_path, name="surface")
    path = tmp_path / "out" / RECORDS_FILE
    path.write_text(path.read_text() + "{}\n")
    with pytest.raises(RunError, match="line 2"):
        read_probing(tmp_path / "out")


def test_a_newer_programs_folder_is_refused(tmp_path):
    run(tmp_path, name="surface")
    path = tmp_path / "out" / HEADER_FILE
    path.write_text(path.read_text().replace('"schema_version": 1', '"schema_version": 9'))
    with pytest.raises(RunError, match="newer version"):
        read_probing(tmp_path / "out")


def test_clips_that_were_changed_are_refused(tmp_path):
    clips = material(toys.TONES, tmp_path)
    assert [clip.id for clip in material(toys.TONES, tmp_path)] == [clip.id for clip in clips]
    files = sorted((tmp_path / "tasks").glob("*/*.flac"))
    files[0].write_bytes(files[1].read_bytes())
    with pytest.raises(DatasetError, match="delete the folder"):
        material(toys.TONES, tmp_path)


def test_an_embedding_that_is_damaged_is_named(tmp_path):
    clips = material(toys.TONES, tmp_path)
    embeddings(toys.Bands(), clips, tmp_path)
    next((tmp_path / "embeddings").rglob("*.npz")).write_bytes(b"half")
    with pytest.raises(RunError, match="delete it"):
        embeddings(toys.Bands(), clips, tmp_path)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"group": "player 0"}, "the group 'player 0' in two splits"),
        ({"origin": None}, "the source 'player 0' in two splits"),
        ({"samples": None}, "in two splits"),
        ({"label": "middle"}, "no clip of 'middle' in its train split"),
    ],
)
def test_leaks_are_refused(tmp_path, change, fault):
    def leaking():
        clips = list(toys.tones())
        last = {name: getattr(clips[0], name) if value is None else value for name, value in change.items()}
        if "samples" in change:
            last["label"] = clips[0].label
        return iter([*clips[:-1], replace(clips[-1], **last)])

    with pytest.raises(DatasetError, match=fault):
        material(replace(toys.TONES, make=leaking), tmp_path)


@pytest.mark.parametrize("names", [["nothing"], ["hf"], ["whisper:9"]])
def test_a_name_that_means_nothing_is_a_sentence(tmp_path, names):
    if names == ["whisper:9"]:
        from amarathon.probes.encoders import layers_of, parse_encoder

        with pytest.raises(AmarathonError, match="has no layer '9'"):
            layers_of(parse_encoder(names[0]), toys.Bands())
        return
    with pytest.raises(AmarathonError):
        probe(names, [toys.TONES], tmp_path / "out", suite="toys", cache=tmp_path)
