"""Head responses: read from a SOFA file, by the nearest direction; the package that holds KEMAR's."""

import builtins
from dataclasses import replace

import numpy as np
import pytest

from amarathon.errors import DatasetError
from amarathon.packages import fetching
from amarathon.packages.declared import KEMAR
from amarathon.psychoacoustics import hrtf
from amarathon.psychoacoustics.hrtf import HeadResponses, check_fetched, read_sofa
from amarathon.psychoacoustics.targets import make_trial

RATE = 44_100


def sofa(path, responses=None, places=((0, 0, 1.4), (90, 0, 1.4), (270, 0, 1.4), (0, 90, 1.4))):
    h5py = pytest.importorskip("h5py")
    if responses is None:
        responses = np.zeros((len(places), 2, 512))
        for index, (azimuth, elevation, _) in enumerate(places):
            # Woodworth's head in outline: the far ear is .5 ms late and half as loud.
            side = np.sin(np.radians(azimuth)) * np.cos(np.radians(elevation))
            responses[index, 0, 100 + round(max(0, -side) * 22)] = 1 - 0.5 * max(0, -side)
            responses[index, 1, 100 + round(max(0, side) * 22)] = 1 - 0.5 * max(0, side)
    with h5py.File(path, "w") as file:
        file["Data.IR"], file["Data.SamplingRate"] = responses, [float(RATE)]
        file["SourcePosition"] = np.array(places, float)
    return path


def test_a_direction_is_read_resampled_and_found(tmp_path):
    head = read_sofa(sofa(tmp_path / "head.sofa"))
    assert head.azimuths.tolist() == [0, 90, -90, 0]
    left, right = head.at(85)
    assert np.abs(left).argmax() == pytest.approx(100 * 16_000 / RATE, abs=1)
    assert np.abs(right).argmax() - np.abs(left).argmax() == pytest.approx(22 * 16_000 / RATE, abs=1)
    assert head.at(-90)[::-1] == pytest.approx(head.at(90), abs=1e-9)
    assert (head.at(10, 80) == head.at(0, 90)).all()


def test_a_sound_from_the_left_is_earlier_and_louder_at_the_left_ear(tmp_path):
    head = read_sofa(sofa(tmp_path / "head.sofa"))
    sound = np.random.default_rng(0).standard_normal(4000)
    left, right = head.placed(sound, 90)
    assert left.std() > 1.5 * right.std()
    lag = np.correlate(right, left, "full").argmax() - (len(sound) - 1)
    assert lag == 8
    assert head.placed(sound, 90).shape == (2, 4000)


def test_the_kemar_target_has_one_noise_and_two_directions(tmp_path, monkeypatch):
    head = read_sofa(sofa(tmp_path / "head.sofa"))
    monkeypatch.setattr("amarathon.psychoacoustics.targets.kemar", lambda: head)
    even, odd = (make_trial("kemar", seed, None, -6.0, 8000) for seed in (0, 1))
    for trial, louder in ((even, 1), (odd, 0)):
        assert trial.noise[0] == pytest.approx(trial.noise[1], abs=1e-5)
        front, side = trial.same - trial.noise, trial.opposite - trial.noise
        assert front[0] == pytest.approx(front[1], abs=1e-5)
        assert side[louder].std() > 1.5 * side[1 - louder].std()
        assert np.sqrt(np.mean(side**2)) == pytest.approx(np.sqrt(np.mean(front**2)), rel=1e-3)


@pytest.mark.parametrize("responses", [np.zeros((4, 3, 8)), np.zeros((4, 8))])
def test_responses_of_another_shape_are_refused(responses, tmp_path):
    with pytest.raises(DatasetError, match=r"not \(directions, 2, taps\)"):
        read_sofa(sofa(tmp_path / "head.sofa", responses))


def test_what_is_no_sofa_file_is_refused(tmp_path):
    pytest.importorskip("h5py")
    (tmp_path / "head.sofa").write_text("no")
    with pytest.raises(DatasetError, match=r"head\.sofa is no SOFA file"):
        read_sofa(tmp_path / "head.sofa")


def test_without_h5py_the_extra_is_named(tmp_path, monkeypatch):
    found = builtins.__import__

    def without(name, *args, **kwargs):
        if name == "h5py":
            raise ModuleNotFoundError(name)
        return found(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(DatasetError, match=r"pip install 'amarathon\[binaural\]'"):
        read_sofa(tmp_path / "head.sofa")


def test_kemar_is_not_fetched_unasked(monkeypatch, tmp_path):
    monkeypatch.setattr(hrtf, "sources_folder", lambda: tmp_path)
    with pytest.raises(DatasetError, match=r"--fetch gets them from the Debian package libmysofa1"):
        check_fetched()


def test_a_package_that_changed_is_refused(monkeypatch, tmp_path):
    def downloaded(command, cwd, **_):
        (cwd / "libmysofa1.deb").write_bytes(b"another")
        return type("Done", (), {"returncode": 0, "stderr": ""})()

    monkeypatch.setattr(fetching.shutil, "which", lambda tool: tool)
    monkeypatch.setattr(fetching.subprocess, "run", downloaded)
    with pytest.raises(DatasetError, match=r"libmysofa1 1\.3\.1~dfsg0-1 is not the one"):
        fetching.unpacked(replace(KEMAR), tmp_path)


def test_the_nearest_direction_is_by_angle():
    head = HeadResponses(np.array([-175.0, 20.0]), np.zeros(2), np.arange(4.0).reshape(2, 2, 1))
    assert (head.at(179) == head.responses[0]).all()
