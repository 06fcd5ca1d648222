"""The ten urban scenes of TAU, each composed by rule from layers; drawn anew for every sample."""

from collections.abc import Callable, Mapping

import numpy as np

from amarathon.audio import SAMPLE_RATE
from amarathon.construction.mini import layers
from amarathon.construction.mini.crowd import announcement, babble
from amarathon.construction.mini.noise import Samples, band, reverberated

Random = np.random.Generator


def composed(scene: str, seconds: float, split: str, rng: Random) -> Samples:
    """Compose a scene.

    Parameters
    ----------
    scene : str
        A label of the scene task.
    seconds : float
    split : str
        Whose voices are heard in it.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of float32
    """
    return SCENES[scene](round(seconds * SAMPLE_RATE), split, rng)


def mix(*parts: tuple[float, Samples]) -> Samples:
    """Add layers, each with a gain."""
    result = np.zeros(len(parts[0][1]), np.float32)
    for gain, sound in parts:
        result += np.float32(gain) * sound
    return result


def _airport(length: int, split: str, rng: Random) -> Samples:
    def call(rng: Random) -> Samples:
        return np.concatenate([layers.chime(rng) * 0.9, announcement(split, rng), announcement(split, rng)])

    hall = mix((0.6, babble(length, split, 6, rng)), (1, layers.scattered(length, rng, call, (9, 18))))
    return mix(
        (1, reverberated(hall, float(rng.uniform(1.8, 2.6)))),
        (0.5, layers.scattered(length, rng, layers.suitcase, (3, 9))),
        (0.35, layers.rumble(length, rng, 200)),
    )


def _bus(length: int, split: str, rng: Random) -> Samples:
    return mix(
        (1, layers.engine(length, rng, 22, 60, 4.0)),
        (1.2, layers.scattered(length, rng, layers.hiss, (12, 25))),
        (0.8, layers.scattered(length, rng, lambda rng: layers.beeps(rng, 1250, 1), (14, 30))),
        (0.22, babble(length, split, 2, rng)),
    )


def _metro(length: int, split: str, rng: Random) -> Samples:
    return mix(
        (0.9, layers.clatter(length, rng, float(rng.uniform(0.65, 0.9)))),
        (0.8, reverberated(layers.rumble(length, rng, 500), 0.6)),
        (0.35, layers.whine(length, rng, 350, 900, 6.0)),
        (0.4, layers.scattered(length, rng, layers.squeal, (10, 20))),
    )


def _metro_station(length: int, split: str, rng: Random) -> Samples:
    def train(rng: Random) -> Samples:
        return np.concatenate([layers.brakes(rng), layers.beeps(rng, 880, 6), layers.hiss(rng)])

    hall = mix((0.45, babble(length, split, 4, rng)), (1.1, layers.scattered(length, rng, train, (5, 10))))
    return mix((1, reverberated(hall, float(rng.uniform(1.2, 1.8)))), (0.3, layers.rumble(length, rng, 150)))


def _park(length: int, split: str, rng: Random) -> Samples:
    return mix(
        *((0.7, layers.scattered(length, rng, layers.birdsong, (0.8, 3.5))) for _ in range(3)),
        (0.5, layers.scattered(length, rng, lambda rng: layers.step(rng, 5000), (8, 16))),
        (0.3, layers.wind(length, rng)),
    )


def _public_square(length: int, split: str, rng: Random) -> Samples:
    return mix(
        (0.9, layers.scattered(length, rng, layers.church_bell, (10, 22))),
        (0.45, layers.water(length, rng)),
        (0.5, babble(length, split, 6, rng)),
    )


def _shopping_mall(length: int, split: str, rng: Random) -> Samples:
    hall = mix(
        (0.8, layers.soft_music(length, rng)),
        (0.35, layers.scattered(length, rng, lambda rng: layers.beeps(rng, 2000, 1), (2, 8))),
        (0.55, babble(length, split, 6, rng)),
    )
    return reverberated(hall, float(rng.uniform(0.8, 1.3)))


def _street_pedestrian(length: int, split: str, rng: Random) -> Samples:
    def steps(rng: Random) -> Samples:
        return layers.step(rng, 3000)

    return mix(
        *((0.8, layers.scattered(length, rng, steps, (0.3, 2.0))) for _ in range(3)),
        (0.4, layers.scattered(length, rng, layers.bicycle_bell, (12, 25))),
        (0.4, babble(length, split, 3, rng)),
        (0.2, layers.rumble(length, rng, 300)),
    )


def _street_traffic(length: int, split: str, rng: Random) -> Samples:
    return mix(
        *((1, layers.scattered(length, rng, layers.passing_car, (0.3, 2.5))) for _ in range(2)),
        (0.35, layers.scattered(length, rng, layers.horn, (10, 22))),
        (0.35, layers.rumble(length, rng, 250)),
    )


def _tram(length: int, split: str, rng: Random) -> Samples:
    return mix(
        (0.5, layers.hum(length, float(rng.uniform(95, 125)))),
        (0.5, band(layers.rumble(length, rng, 1500), 150, 1500)),
        (1.3, layers.scattered(length, rng, layers.tram_bell, (5, 11))),
        (0.6, layers.scattered(length, rng, layers.squeal, (6, 14))),
    )


SCENES: Mapping[str, Callable[[int, str, Random], Samples]] = {
    "airport": _airport,
    "bus": _bus,
    "metro": _metro,
    "metro_station": _metro_station,
    "park": _park,
    "public_square": _public_square,
    "shopping_mall": _shopping_mall,
    "street_pedestrian": _street_pedestrian,
    "street_traffic": _street_traffic,
    "tram": _tram,
}
