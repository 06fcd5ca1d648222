"""A small network: what can be read off embeddings by one bend."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from amarathon.probes.classifiers.fitted import Fitted, Labels, Material, accuracy

HIDDEN, DROPOUT, BATCH = 256, 0.1, 64
RATES, DECAY = (3e-3, 1e-3, 3e-4), 1e-2
# In steps, not in epochs, so that a small task is not trained less than a large one.
STEPS, EVERY, PATIENCE = 600, 20, 8


def mlp(material: Material) -> Fitted:
    """Train one network for each rate; the best state of the best one on validation speaks."""
    scaled = material.standardised()
    best = Fitted(np.empty(0, np.int64))
    for rate in RATES:
        for step, found, predicted in _trained(scaled, rate):
            if best.validation is None or found > best.validation:
                best = Fitted(predicted, {"rate": rate, "step": step}, found)
    return best


def _trained(material: Material, rate: float) -> Iterator[tuple[int, float, Labels]]:
    """Step, accuracy on validation, and predictions, as long as patience lasts."""
    import torch
    from torch import nn

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(material.seed)
        width = material.train.shape[1]
        network = nn.Sequential(
            nn.Linear(width, HIDDEN), nn.ReLU(), nn.Dropout(DROPOUT), nn.Linear(HIDDEN, material.classes)
        )
        optimiser = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=DECAY)
        order = np.random.default_rng(material.seed)
        train, labels = torch.from_numpy(material.train), torch.from_numpy(material.train_labels)
        highest, since = -1.0, 0
        for step in range(1, STEPS + 1):
            rows = torch.from_numpy(order.integers(0, len(train), BATCH))
            optimiser.zero_grad()
            loss: Any = nn.functional.cross_entropy(network(train[rows]), labels[rows])
            loss.backward()
            optimiser.step()
            if step % EVERY:
                continue
            found = accuracy(predicted_by(network, material.validation), material.validation_labels)
            yield step, found, predicted_by(network, material.test)
            highest, since = (found, 0) if found > highest else (highest, since + 1)
            if since == PATIENCE:
                return


def predicted_by(network: Any, vectors: Any) -> Labels:
    """A network's classes of embeddings, without what it does in training only."""
    import torch

    network.eval()
    with torch.inference_mode():
        found = network(torch.from_numpy(vectors)).argmax(dim=1).numpy()
    network.train()
    return np.asarray(found, np.int64)
