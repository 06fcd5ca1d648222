"""Training the two small nets: bundled recordings, placed about KEMAR's head in diffuse noise."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from amarathon.assets import Asset, asset_path, bundled_assets
from amarathon.audio import load_audio
from amarathon.files import file_sha256, replacing, write_atomically
from amarathon.psychoacoustics.hrtf import AZIMUTHS, HeadResponses
from amarathon.psychoacoustics.nets import CARD_FILE, KINDS, AzimuthNet
from amarathon.psychoacoustics.presentation import normalised
from amarathon.psychoacoustics.types import SAMPLE_RATE, Floats

Sound = NDArray[np.float32]

CLIP_S = 0.5
BATCH = 32
# Of each of these the last recording is held out. The prompts of `samples/`, which are the diagnostic's
# speech, are in neither part.
TASKS = ("ASC", "ER", "MC", "SAR", "SD", "SED", "SER", "SGR")
LOWEST_SNR_DB, HIGHEST_SNR_DB = 0.0, 40.0
HELD_OUT_CLIPS = 256


@dataclass(frozen=True)
class NetRecipe:
    """What decides the weights.

    Attributes
    ----------
    steps, seed : int
    rate : float
        Of AdamW at its highest, falling to zero by a cosine.
    """

    steps: int = 800
    seed: int = 0
    rate: float = 3e-3


def train_nets(
    head: HeadResponses, out: Path, recipe: NetRecipe, report: Callable[[str, int, float], None]
) -> dict[str, float]:
    """Train both nets and write weights and their card.

    Parameters
    ----------
    head : HeadResponses
    out : Path
        Gets a ``.safetensors`` file for each kind, and ``card.json``.
    recipe : NetRecipe
    report : callable
        Called every 50 steps with the kind, the step and the loss.

    Returns
    -------
    dict of str to float
        Mean absolute error of the azimuth on held-out recordings, degrees.
    """
    from safetensors.torch import save_file

    heard = np.stack([head.at(azimuth) for azimuth in AZIMUTHS])
    practised, held_out = _recordings()
    card: dict[str, object] = {
        "recipe": {"steps": recipe.steps, "seed": recipe.seed, "rate": recipe.rate, "clip_s": CLIP_S},
        "licence": "MIT",
        "head": "MIT KEMAR, normal pinna (Gardner & Martin 1994)",
        "recordings": [asset.path for asset in practised],
        "held_out": [asset.path for asset in held_out],
    }
    errors, nets = {}, {}
    out.mkdir(parents=True, exist_ok=True)
    sounds = _sounds(practised)
    test = _Clips(_sounds(held_out), heard, recipe.seed + 1).batch(HELD_OUT_CLIPS)
    for kind in KINDS:
        torch.manual_seed(recipe.seed)
        net = AzimuthNet(kind == "ipd")
        _train(net, _Clips(sounds, heard, recipe.seed), recipe, partial(report, kind))
        errors[kind] = azimuth_error(net, *test)
        with replacing(out / f"{kind}.safetensors") as path:
            save_file({name: tensor.contiguous() for name, tensor in net.state_dict().items()}, path)
        nets[kind] = {
            "version": f"{recipe.steps} steps, seed {recipe.seed}",
            "sha256": file_sha256(out / f"{kind}.safetensors"),
            "azimuth_error_deg": round(errors[kind], 2),
        }
    write_atomically(out / CARD_FILE, json.dumps(card | {"nets": nets}, indent=2) + "\n")
    return errors


def azimuth_error(net: AzimuthNet, waveforms: torch.Tensor, targets: torch.Tensor) -> float:
    """Mean absolute error of the likeliest azimuth, degrees."""
    with torch.inference_mode():
        guessed = net.eval()(waveforms).argmax(dim=-1)
    degrees = torch.tensor(AZIMUTHS)
    return float((degrees[guessed] - degrees[targets]).abs().float().mean())


def _train(
    net: AzimuthNet, clips: "_Clips", recipe: NetRecipe, report: Callable[[int, float], object]
) -> None:
    optimiser = torch.optim.AdamW(net.parameters(), lr=recipe.rate, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, recipe.steps)
    net.train()
    for step in range(recipe.steps):
        waveforms, targets = clips.batch(BATCH)
        loss = functional.cross_entropy(net(waveforms), targets)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()
        if step % 50 == 0:
            report(step, loss.item())


def _recordings() -> tuple[list[Asset], list[Asset]]:
    """Those that are practised on and those held out: of each task the last one."""
    by_task = {
        task: [asset for asset in bundled_assets() if asset.path.startswith(f"mini/audio/{task}/")]
        for task in TASKS
    }
    practised = [asset for assets in by_task.values() for asset in assets[:-1]]
    return practised, [assets[-1] for assets in by_task.values()]


def _sounds(assets: list[Asset]) -> list[Sound]:
    return [load_audio(asset_path(asset.path)).samples for asset in assets]


class _Clips:
    """Clips of recordings from an azimuth, in noise that is independent at the two ears."""

    def __init__(self, sounds: list[Sound], heard: Floats, seed: int):
        self._sounds = sounds
        self._count = round(CLIP_S * SAMPLE_RATE)
        # One spectrum serves all clips.
        self._size = 2 ** int(np.ceil(np.log2(self._count + heard.shape[-1])))
        self._heard = np.fft.rfft(heard, self._size)
        self._generator = np.random.default_rng(seed)

    def batch(self, size: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Waveforms of shape (size, 2, samples), levelled as stimuli are, and their azimuths' numbers."""
        targets = self._generator.integers(0, len(AZIMUTHS), size)
        clips = np.stack([self._clip(int(target)) for target in targets])
        return torch.tensor(clips, dtype=torch.float32), torch.tensor(targets)

    def _clip(self, target: int) -> Floats:
        while True:
            sound = self._sounds[self._generator.integers(len(self._sounds))]
            start = self._generator.integers(0, len(sound) - self._count)
            piece = sound[start : start + self._count].astype(np.float64)
            if np.sqrt(np.mean(piece**2)) > 1e-3:
                break
        placed = np.fft.irfft(np.fft.rfft(piece, self._size) * self._heard[target], self._size)[
            :, : self._count
        ]
        level = np.sqrt(np.mean(placed**2))
        snr_db = self._generator.uniform(LOWEST_SNR_DB, HIGHEST_SNR_DB)
        noise = self._generator.standard_normal(placed.shape) * level * 10 ** (-snr_db / 20)
        return normalised(placed + noise, "joint")
