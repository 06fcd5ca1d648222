"""X-ARES' trained probe, which it calls an MLP, as its code has it (github.com/jimbozhang/xares).

LayerNorm and one linear layer; Adam, rate 1e-3 on a cosine towards a tenth, set once an epoch; batches of
32; ten epochs, of which the first best on validation counts; seed 42. Ten epochs are some forty updates on
a hundred clips: on small sets it ranks encoders by how fast they are learned from.
"""

import math
from typing import Any

import numpy as np

from amarathon.probes.classifiers.fitted import Fitted, Material, accuracy
from amarathon.probes.classifiers.mlp import predicted_by

EPOCHS, BATCH, RATE, LAST_SHARE, SEED = 10, 32, 1e-3, 0.1, 42


def rate_of(epoch: int) -> float:
    """The rate of an epoch, from 0: ignite's ``CosineAnnealingScheduler`` with a cycle of all epochs."""
    return RATE + RATE * (LAST_SHARE - 1) / 2 * (1 - math.cos(math.pi * epoch / EPOCHS))


def xares_linear(material: Material) -> Fitted:
    """Train it; what is chosen on validation is the epoch."""
    import torch
    from torch import nn

    width = material.train.shape[1]
    best = Fitted(np.empty(0, np.int64))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        network = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, material.classes))
        optimiser = torch.optim.Adam(network.parameters(), lr=RATE)
        train, labels = torch.from_numpy(material.train), torch.from_numpy(material.train_labels)
        for epoch in range(EPOCHS):
            optimiser.param_groups[0]["lr"] = rate_of(epoch)
            for rows in torch.split(torch.randperm(len(train)), BATCH):
                optimiser.zero_grad()
                loss: Any = nn.functional.cross_entropy(network(train[rows]), labels[rows])
                loss.backward()
                optimiser.step()
            found = accuracy(predicted_by(network, material.validation), material.validation_labels)
            if best.validation is None or found > best.validation:
                best = Fitted(predicted_by(network, material.test), {"epoch": epoch + 1}, found)
    return best
