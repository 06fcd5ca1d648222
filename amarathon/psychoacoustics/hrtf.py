"""Sounds from a direction, by the impulse responses of KEMAR's ears (Gardner & Martin 1994, MIT)."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import soxr
from scipy.signal import fftconvolve

from amarathon.errors import DatasetError
from amarathon.packages.declared import KEMAR
from amarathon.packages.fetching import sources_folder, unpacked
from amarathon.psychoacoustics.types import SAMPLE_RATE, Floats

SOFA = "usr/share/libmysofa/MIT_KEMAR_normal_pinna.sofa"
# Of the horizontal plane, degrees to the left; every 5.
AZIMUTHS = tuple(range(-90, 91, 5))


@dataclass(frozen=True, eq=False)
class HeadResponses:
    """Head-related impulse responses at `SAMPLE_RATE`.

    Attributes
    ----------
    azimuths, elevations : array of shape (directions,)
        Degrees; azimuths to the left of straight ahead, -180 to 180.
    responses : array of shape (directions, 2, taps)
        Left ear, right ear.
    """

    azimuths: Floats
    elevations: Floats
    responses: Floats

    def at(self, azimuth: float, elevation: float = 0.0) -> Floats:
        """The measured direction nearest to the one wanted, shape (2, taps)."""
        nearest: Floats = self.responses[_nearest(self, azimuth, elevation)]
        return nearest

    def placed(self, sound: Floats, azimuth: float, elevation: float = 0.0) -> Floats:
        """A sound of shape (samples,) heard from a direction: shape (2, samples), cut at its end."""
        heard: Floats = fftconvolve(sound[None], self.at(azimuth, elevation), axes=-1)[:, : len(sound)]
        return heard


def check_fetched() -> None:
    """Refuse to go on without KEMAR's responses on this machine.

    Raises
    ------
    DatasetError
    """
    if not (sources_folder() / f"{KEMAR.name}-{KEMAR.version}").is_dir():
        raise DatasetError(
            f"KEMAR's head responses are not on this machine: --fetch gets them from the Debian package "
            f"{KEMAR.name} {KEMAR.version} (1.2 MB)."
        )


@lru_cache(maxsize=1)
def kemar() -> HeadResponses:
    """KEMAR's responses, fetched once as a Debian package, checked by hash.

    Raises
    ------
    DatasetError
        If the package cannot be had or is another, or h5py is not installed.
    """
    return read_sofa(unpacked(KEMAR) / SOFA)


def read_sofa(path: Path) -> HeadResponses:
    """Read a file of the SOFA convention SimpleFreeFieldHRIR (AES69), resampled to `SAMPLE_RATE`.

    Raises
    ------
    DatasetError
        If it is none, or h5py is not installed.
    """
    try:
        import h5py
    except ModuleNotFoundError:
        raise DatasetError(
            "Head responses are read by h5py, which is not installed: pip install 'amarathon[binaural]'."
        ) from None
    try:
        with h5py.File(path, "r") as file:
            responses = np.asarray(file["Data.IR"], np.float64)
            rate = float(np.asarray(file["Data.SamplingRate"]).ravel()[0])
            places = np.asarray(file["SourcePosition"], np.float64)
    except (OSError, KeyError) as error:
        raise DatasetError(f"{path.name} is no SOFA file of head responses: {error}.") from error
    if responses.ndim != 3 or responses.shape[1] != 2 or len(places) != len(responses):
        raise DatasetError(
            f"{path.name} has responses of shape {responses.shape}, not (directions, 2, taps)."
        )
    flat = responses.reshape(-1, responses.shape[-1]).T
    resampled = soxr.resample(flat, rate, SAMPLE_RATE).T.reshape(*responses.shape[:2], -1)
    azimuths = (places[:, 0] + 180) % 360 - 180
    return HeadResponses(azimuths, places[:, 1], resampled)


def _nearest(head: HeadResponses, azimuth: float, elevation: float) -> int:
    """By the angle between directions."""
    a, e = np.radians(head.azimuths), np.radians(head.elevations)
    wanted_a, wanted_e = np.radians(azimuth), np.radians(elevation)
    cosine = np.sin(e) * np.sin(wanted_e) + np.cos(e) * np.cos(wanted_e) * np.cos(a - wanted_a)
    return int(cosine.argmax())
