"""Probes against scikit-learn's own, what must hold of any, and X-ARES' published averages."""

import math
import sys

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier

from amarathon.errors import ConfigurationError, ScoreError
from amarathon.probes.averages import above_chance, averages, weighted_average
from amarathon.probes.classifiers import PROBES, PROTOCOLS, probes_of
from amarathon.probes.classifiers.fitted import Material
from amarathon.probes.classifiers.knn import NEIGHBOURS, TEMPERATURE, neighbours, vote, xares_neighbours
from amarathon.probes.classifiers.logistic import STRENGTHS, logistic
from amarathon.probes.classifiers.xares_linear import EPOCHS, rate_of
from amarathon.probes.published import KNN_PRINTED, knn_averages


@pytest.fixture(autouse=True)
def a_short_training(monkeypatch):
    """What is tested of the network needs a sixth of its steps, and one rate."""
    # The module, which its own function hides in the package.
    network = sys.modules["amarathon.probes.classifiers.mlp"]
    monkeypatch.setattr(network, "STEPS", 100)
    monkeypatch.setattr(network, "RATES", (3e-3,))


def blobs(
    apart: float, *, classes: int = 3, width: int = 12, each: int = 20, seed: int = 0
) -> tuple[Material, np.ndarray]:
    """Gaussian classes `apart` standard deviations from one another, around a common offset."""
    rng = np.random.default_rng(seed)
    centres = rng.standard_normal((classes, width))
    centres *= apart / np.linalg.norm(centres, axis=1, keepdims=True)
    labels = np.repeat(np.arange(classes), each)

    def drawn() -> np.ndarray:
        return (centres[labels] + rng.standard_normal((len(labels), width))).astype(np.float32)

    return Material(drawn(), labels, drawn(), labels, drawn(), classes), labels


def replaced(material: Material, **changes: np.ndarray) -> Material:
    return Material(**{**vars(material), **changes})


def changed(material: Material, change) -> Material:
    parts = {name: change(getattr(material, name)) for name in ("train", "validation", "test")}
    return replaced(material, **parts)


@pytest.mark.parametrize("apart", [1.0, 2.5])
@pytest.mark.parametrize("seed", range(3))
def test_neighbours_are_scikit_learns(apart, seed):
    material, _ = blobs(apart, seed=seed)

    def weights(distances):
        # Cosine distance is one minus similarity.
        return np.exp((1 - distances) / TEMPERATURE)

    peer = KNeighborsClassifier(NEIGHBOURS, weights=weights, metric="cosine", algorithm="brute")
    peer.fit(material.train, material.train_labels)
    assert neighbours(material).predicted.tolist() == peer.predict(material.test).tolist()


@pytest.mark.parametrize("name", PROBES)
def test_what_lies_far_apart_is_told_apart_and_noise_is_not(name):
    # Ten epochs of X-ARES' are too few updates for less.
    material, truth = blobs(30.0, each=400 if name == "xares-linear" else 20)
    assert (PROBES[name].fit(material).predicted == truth).mean() > 0.99
    rng, count = np.random.default_rng(1), len(truth)
    noise = changed(material, lambda vectors: rng.standard_normal(vectors.shape).astype(np.float32))
    hits = int((PROBES[name].fit(noise).predicted == truth).sum())
    # Of a third: within 4 standard deviations.
    assert abs(hits - count / 3) < 4 * math.sqrt(count * 2 / 9)


def test_one_neighbour_of_the_training_set_is_itself():
    material, truth = blobs(0.5)
    unit = material.train / np.linalg.norm(material.train, axis=1, keepdims=True)
    assert (vote(unit.astype(float), truth, unit.astype(float), 3, count=1) == truth).all()


@pytest.mark.parametrize("name", ["knn", "logistic"])
def test_turned_embeddings_say_the_same(name):
    material, _ = blobs(2.0)
    rotation = np.linalg.qr(np.random.default_rng(2).standard_normal((12, 12)))[0]
    if name == "knn":
        turned = changed(material, lambda vectors: (7.0 * vectors @ rotation).astype(np.float32))
        assert (neighbours(turned).predicted == neighbours(material).predicted).all()
    else:
        # Each dimension is scaled alone, so permutations and signs are what leaves it the same.
        turned = changed(material, lambda vectors: -vectors[:, ::-1].copy())
        assert (logistic(turned).predicted == logistic(material).predicted).all()


def test_every_training_clip_twice_and_twice_as_many_neighbours_vote_the_same():
    material, truth = blobs(1.5)
    train, test = (
        part / np.linalg.norm(part, axis=1, keepdims=True) for part in (material.train, material.test)
    )
    once = vote(train.astype(float), truth, test.astype(float), 3)
    twice = vote(
        np.repeat(train, 2, axis=0).astype(float), np.repeat(truth, 2), test.astype(float), 3, 2 * NEIGHBOURS
    )
    assert (once == twice).all()


def test_a_constant_embedding_says_the_majority():
    labels = np.array([0, 1, 1, 1, 2])
    same = np.ones((5, 4), np.float32)
    found = logistic(Material(same, labels, same, labels, same, 3))
    assert set(found.predicted.tolist()) == {1}
    assert found.chosen["C"] == STRENGTHS[0]


@pytest.mark.parametrize("name", PROBES)
def test_a_probe_gives_the_same_twice_and_leaves_torchs_numbers_alone(name):
    import torch

    material, _ = blobs(1.5)
    torch.manual_seed(5)
    expected = torch.rand(1).item()
    torch.manual_seed(5)
    first, second = PROBES[name].fit(material), PROBES[name].fit(material)
    assert torch.rand(1).item() == expected
    assert first.predicted.tolist() == second.predicted.tolist()
    assert first.chosen == second.chosen


def test_the_test_split_has_no_part_in_choosing():
    material, _ = blobs(1.0)
    for name in ("logistic", "mlp", "xares-linear"):
        whole = PROBES[name].fit(material)
        part = PROBES[name].fit(replaced(material, test=material.test[:7]))
        assert part.chosen == whole.chosen
        assert part.predicted.tolist() == whole.predicted[:7].tolist()


def test_xares_scales_dimensions_over_the_training_set_and_not_clips():
    # One dimension is large in all training clips: with lengths of dimensions it counts no more than others.
    train = np.array([[100, 1], [100, -1]], np.float32)
    test = np.array([[1, -0.5]], np.float32)
    material = Material(train, np.array([0, 1]), train, np.array([0, 1]), test, 2)
    torch = pytest.importorskip("torch")
    normalize = torch.nn.functional.normalize
    similarity = normalize(torch.from_numpy(test), dim=1) @ normalize(torch.from_numpy(train).T, dim=1)
    assert xares_neighbours(material).predicted.tolist() == similarity.argmax(dim=1).tolist()


def test_xares_rate_begins_whole_and_nears_a_tenth():
    rates = [rate_of(epoch) for epoch in range(EPOCHS)]
    assert rates[0] == 1e-3
    assert rate_of(EPOCHS) == pytest.approx(1e-4)
    assert rates == sorted(rates, reverse=True)
    # The value in the middle of a cosine is the mean of its ends.
    assert rate_of(EPOCHS // 2) == pytest.approx(5.5e-4)


@pytest.mark.parametrize(("private", "printed"), [(False, "public"), (True, "all")])
def test_xares_published_averages_come_out_of_its_rows(private, printed):
    assert knn_averages(private=private) == pytest.approx(KNN_PRINTED[printed], abs=1e-3)


def test_three_averages():
    figures = averages([50.0, 100.0], [0.0, 50.0], [10, 30])
    assert figures == pytest.approx({"macro": 75.0, "by_size": 87.5, "above_chance": 75.0})
    assert weighted_average([1.0, 2.0, 6.0], [5, 5, 5]) == 3.0
    assert above_chance(20.0, 20.0) == 0
    assert above_chance(10.0, 20.0) == -12.5


@pytest.mark.parametrize(
    ("scores", "weights"), [([], []), ([1.0], [0]), ([1.0], [1, 2]), ([1.0, 2.0], [2, -1])]
)
def test_averages_of_nothing_are_refused(scores, weights):
    with pytest.raises(ScoreError):
        weighted_average(scores, weights)


def test_protocols_name_probes():
    assert all(set(names) <= PROBES.keys() for names in PROTOCOLS.values())
    with pytest.raises(ConfigurationError, match="ours, xares"):
        probes_of("hear")
