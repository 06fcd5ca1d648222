"""Records: what is written, gone on with, derived and refused."""

import json
import subprocess
import sys

import pytest
from filelock import FileLock

from amarathon.errors import ConfigurationError, ModelError, RunError
from amarathon.psychoacoustics import ENCODERS, Design, measure, open_encoder, read_summary, summarise
from amarathon.psychoacoustics.encoder import EncoderIdentity
from amarathon.psychoacoustics.records import CELLS_FILE, HEADER_FILE, read_cells, read_header
from amarathon.psychoacoustics.references import LogMel

SMALL = Design(frequencies_hz=(500.0,), snrs_db=(-14.0, -6.0), seeds=3, duration_s=0.2)


class Counting(LogMel):
    def __init__(self):
        self.calls = 0

    def embed(self, waveform, rate):
        self.calls += 1
        return super().embed(waveform, rate)


def test_a_measurement_is_two_files_and_what_follows_from_them(tmp_path):
    cells = measure(LogMel(), SMALL, tmp_path, presentation="dual")
    header = read_header(tmp_path)
    assert cells == read_cells(tmp_path)
    assert [cell.key for cell in cells] == SMALL.cells()
    assert summarise(cells) == read_summary(tmp_path)
    assert (header.kind, header.schema_version, header.protocol_version) == ("bmld", 1, "1")
    assert header.finished_at is not None
    assert header.hardware["cores"]
    assert header.libraries["numpy"]
    assert (header.encoder.name, header.presentation, header.seeds) == ("log-mel", "dual", 3)
    for cell in cells:
        assert len(cell.opposite) == len(cell.same) == 3
        assert len(cell.stimuli_sha256) == 64
        assert cell.noise_spread > 0
    # Another ratio is another stimulus; the noise's embedding is the same.
    assert cells[0].stimuli_sha256 != cells[1].stimuli_sha256
    assert cells[0].noise_spread == cells[1].noise_spread


def test_what_is_there_is_not_measured_again(tmp_path):
    whole, part, rest = Counting(), Counting(), Counting()
    expected = measure(whole, SMALL, tmp_path / "whole", presentation="left")
    first = Design(**{**SMALL.__dict__, "snrs_db": (-14.0,)})
    measure(part, first, tmp_path / "parts", presentation="left")
    found = measure(rest, SMALL, tmp_path / "parts", presentation="left")
    same = [cell.model_copy(update={"seconds": 0.0}) for cell in found]
    assert same == [cell.model_copy(update={"seconds": 0.0}) for cell in expected]
    # Each seed's noise once, then two sounds a cell.
    assert (whole.calls, part.calls, rest.calls) == (3 + 12, 3 + 6, 3 + 6)
    again = Counting()
    measure(again, SMALL, tmp_path / "parts", presentation="left")
    assert again.calls == 0


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"presentation": "left"}, "another presentation: dual, not left"),
        ({"normalisation": "none"}, "another normalisation: joint, not none"),
        ({"design": Design(**{**SMALL.__dict__, "seeds": 4})}, "another seeds: 3, not 4"),
        ({"design": Design(**{**SMALL.__dict__, "duration_s": 0.3})}, "another duration s: 0.2, not 0.3"),
        ({"encoder": "other"}, "another encoder: log-mel 1, log-mel, not log-mel 2"),
    ],
)
def test_a_folder_of_something_else_is_refused(change, why, tmp_path):
    measure(LogMel(), SMALL, tmp_path, presentation="dual")

    class Other(LogMel):
        identity = EncoderIdentity("log-mel", "2", None, "Apache-2.0", "log-mel", "mean", 0)

    encoder = Other() if change.pop("encoder", None) else LogMel()
    design = change.pop("design", SMALL)
    with pytest.raises(RunError, match=why):
        measure(encoder, design, tmp_path, **({"presentation": "dual"} | change))


def test_another_commit_goes_on_and_is_noted(tmp_path):
    measure(LogMel(), SMALL, tmp_path, presentation="dual")
    header = json.loads((tmp_path / HEADER_FILE).read_text())
    (tmp_path / HEADER_FILE).write_text(json.dumps(header | {"commit": "0" * 40}))
    measure(LogMel(), SMALL, tmp_path, presentation="dual")
    assert len(read_header(tmp_path).continued) == 1
    measure(LogMel(), SMALL, tmp_path, presentation="dual")
    assert len(read_header(tmp_path).continued) == 1


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (
            {},
            "hears one channel, so a binaural question has no answer natively.*left, dual, mid-side, downmix",
        ),
        ({"presentation": "both"}, "There is no presentation 'both'; there are native"),
        ({"presentation": "dual", "normalisation": "loud"}, "There is no normalisation 'loud'"),
        ({"presentation": "dual", "seeds": 1}, "At least 2 seeds"),
        ({"presentation": "dual", "targets": ("bell",)}, "no target 'bell'; there are tone"),
        ({"presentation": "dual", "ablations": ("lowpass",)}, "no ablation 'lowpass'; there are raw"),
        ({"presentation": "dual", "snrs_db": ()}, "Nothing is to be measured"),
        ({"presentation": "dual", "snrs_db": (float("-inf"),)}, "without a signal"),
        ({"presentation": "dual", "frequencies_hz": (9000.0,)}, "cannot be sampled"),
        ({"presentation": "dual", "duration_s": 0.01}, "cannot be made"),
    ],
)
def test_what_cannot_be_measured_is_refused_before_anything_is(arguments, why, tmp_path):
    how = {name: arguments[name] for name in ("presentation", "normalisation") if name in arguments}
    design = Design(**{**SMALL.__dict__, **{k: v for k, v in arguments.items() if k not in how}})
    encoder = Counting()
    with pytest.raises(ConfigurationError, match=why):
        measure(encoder, design, tmp_path / "out", **how)
    assert encoder.calls == 0
    assert not (tmp_path / "out").exists()


def test_two_channels_at_once_are_not_given_one_after_the_other(tmp_path):
    with pytest.raises(ConfigurationError, match="hears two channels at once; left is for encoders of one"):
        measure(open_encoder("gcc-phat"), SMALL, tmp_path, presentation="left")


def test_a_clip_that_is_too_short_for_the_encoder_is_refused(tmp_path):
    class Slow(LogMel):
        shortest_s = 1.0

    with pytest.raises(ConfigurationError, match=r"needs 1 s of sound; 0\.2 s is too short"):
        measure(Slow(), SMALL, tmp_path, presentation="dual")


def test_folders_that_are_none_of_these_are_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(RunError, match=r"holds notes\.txt; choose an empty folder"):
        measure(LogMel(), SMALL, tmp_path, presentation="dual")
    with pytest.raises(RunError, match="was not written by `amarathon bmld`"):
        read_header(tmp_path)
    with FileLock(tmp_path / ".lock"), pytest.raises(RunError, match="Another process"):
        measure(LogMel(), SMALL, tmp_path, presentation="dual")


def test_damage_is_named(tmp_path):
    measure(LogMel(), SMALL, tmp_path, presentation="dual")
    with (tmp_path / CELLS_FILE).open("a") as file:
        file.write('{"target": "tone"}\n')
    with pytest.raises(RunError, match=r"bmld\.jsonl, line 3, is damaged: ablation"):
        read_cells(tmp_path)
    header = json.loads((tmp_path / HEADER_FILE).read_text())
    (tmp_path / HEADER_FILE).write_text(json.dumps(header | {"schema_version": 9}))
    with pytest.raises(RunError, match="newer version"):
        read_header(tmp_path)


def test_the_encoder_has_to_be_known():
    with pytest.raises(ConfigurationError, match="no encoder 'ears'; there are log-mel"):
        open_encoder("ears")
    with pytest.raises(ConfigurationError, match="one layer only"):
        open_encoder("log-mel", layer=2)
    assert all(name == entry.name for name, entry in ENCODERS.items())


def test_whisper_that_was_not_fetched_is_refused_with_the_command(monkeypatch, tmp_path):
    monkeypatch.setenv("AMARATHON_MODELS", str(tmp_path))
    with pytest.raises(ModelError, match="amarathon models fetch whisper"):
        open_encoder("whisper")


def test_reading_records_needs_neither_torch_nor_transformers():
    code = (
        "import sys; import amarathon.psychoacoustics.summary, leaderboard.figures.bmld_curve\n"
        "assert not {'torch', 'transformers', 'scipy.signal'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
