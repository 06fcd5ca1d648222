"""The small nets: what comes with the package, and that training makes one that hears directions."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from amarathon.assets import bundled_assets
from amarathon.errors import ConfigurationError, ModelError
from amarathon.psychoacoustics import net_training
from amarathon.psychoacoustics.features import BANDS, features
from amarathon.psychoacoustics.hrtf import AZIMUTHS, HeadResponses
from amarathon.psychoacoustics.net_training import NetRecipe, train_nets
from amarathon.psychoacoustics.nets import AZIMUTH_COUNT, FOLDER, KINDS, AzimuthNet, open_net
from amarathon.psychoacoustics.types import SAMPLE_RATE


def test_phases_are_those_of_a_delay_and_levels_do_not_know_them():
    time = np.arange(SAMPLE_RATE // 2) / SAMPLE_RATE
    ears = np.stack([np.sin(2 * np.pi * 500 * (time + shift)) for shift in (0.0, 0.00025)])
    heard = features(torch.tensor(ears, dtype=torch.float32)[None], phases=True)[0].mean(-1)
    band = heard[:BANDS].argmax()
    assert heard[BANDS : 2 * BANDS].argmax() == band
    # Right leads by an eighth of a period: left's phase less right's is -pi/4.
    assert heard[2 * BANDS + band] == pytest.approx(np.cos(np.pi / 4), abs=0.02)
    assert heard[3 * BANDS + band] == pytest.approx(-np.sin(np.pi / 4), abs=0.02)
    assert features(torch.zeros(1, 2, 8000), phases=False).shape == (1, 2 * BANDS, 30)


@pytest.mark.parametrize("kind", KINDS)
def test_bundled_weights_are_small_listed_and_labelled(kind):
    encoder = open_net(kind)
    assert "small net trained here" in encoder.identity.notice
    assert "no published model" in encoder.identity.notice
    path = FOLDER / f"{kind}.safetensors"
    assert path.stat().st_size < 1e6
    listed = {asset.path: asset for asset in bundled_assets()}[f"models/binaural/{kind}.safetensors"]
    assert listed.sha256 == encoder.identity.weights_sha256
    assert encoder.embed(np.ones((2, 8000)), SAMPLE_RATE).shape == (64,)


@pytest.mark.parametrize("waveform", [np.zeros((1, 8000)), np.zeros(8000)])
def test_one_ear_is_refused(waveform):
    with pytest.raises(ConfigurationError, match="hears two channels"):
        open_net("ipd").embed(waveform, SAMPLE_RATE)


def test_missing_and_changed_weights_are_refused(tmp_path):
    with pytest.raises(ModelError, match="amarathon train-binaural"):
        open_net("ipd", tmp_path)
    (tmp_path / "ipd.safetensors").write_bytes(b"other")
    card = (FOLDER / "card.json").read_text()
    (tmp_path / "card.json").write_text(card)
    with pytest.raises(ModelError, match="not the file that its card describes"):
        open_net("ipd", tmp_path)


def test_training_is_repeatable_and_writes_what_is_opened(tmp_path, monkeypatch):
    # A head that only delays and turns down the far ear.
    responses = np.zeros((len(AZIMUTHS), 2, 32))
    for index, azimuth in enumerate(AZIMUTHS):
        side = np.sin(np.radians(azimuth))
        responses[index, 0, round(max(0, -side) * 10)] = 1 - 0.5 * max(0, -side)
        responses[index, 1, round(max(0, side) * 10)] = 1 - 0.5 * max(0, side)
    head = HeadResponses(np.array(AZIMUTHS, float), np.zeros(len(AZIMUTHS)), responses)
    noise = np.random.default_rng(0).standard_normal(40_000) * 0.1
    monkeypatch.setattr(
        net_training, "load_audio", lambda path: SimpleNamespace(samples=noise.astype(np.float32))
    )
    monkeypatch.setattr(net_training, "HELD_OUT_CLIPS", 32)
    seen = []
    first = train_nets(head, tmp_path / "first", NetRecipe(steps=4), lambda *what: seen.append(what))
    assert [kind for kind, step, _ in seen] == ["ipd", "levels"]
    assert set(first) == set(KINDS)
    card = json.loads((tmp_path / "first" / "card.json").read_text())
    assert set(card["recordings"]).isdisjoint(card["held_out"])
    for kind in KINDS:
        opened = open_net(kind, tmp_path / "first")
        assert opened.identity.version == "4 steps, seed 0"


def test_a_net_can_learn_azimuths_from_phase_alone():
    torch.manual_seed(0)
    net, generator = AzimuthNet(phases=True), torch.Generator().manual_seed(0)
    optimiser = torch.optim.Adam(net.parameters(), 3e-3)
    losses = []
    for _ in range(15):
        targets = torch.randint(0, AZIMUTH_COUNT, (16,), generator=generator)
        mono = torch.randn(16, 4000, generator=generator)
        ears = torch.stack(
            [mono, torch.stack([row.roll(int(t) - 18) for row, t in zip(mono, targets, strict=True)])], 1
        )
        loss = torch.nn.functional.cross_entropy(net(ears), targets)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert np.mean(losses[-3:]) < 0.8 * np.mean(losses[:3])
