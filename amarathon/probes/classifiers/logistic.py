"""Logistic regression: what can be read off embeddings by planes."""

import warnings

import numpy as np

from amarathon.probes.classifiers.fitted import Fitted, Material, accuracy

# Inverse strengths of the L2 penalty; the strongest of equally good ones is taken.
STRENGTHS = (0.001, 0.01, 0.1, 1.0, 10.0)
_STEPS = 2000


def logistic(material: Material) -> Fitted:
    """Fit to convergence (L-BFGS) on standardised embeddings, once for each strength of the penalty."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    scaled = material.standardised()
    best = Fitted(np.empty(0, np.int64))
    for strength in STRENGTHS:
        model = LogisticRegression(C=strength, max_iter=_STEPS)
        with warnings.catch_warnings():
            # One that has not converged would be compared with others that have.
            warnings.simplefilter("error", ConvergenceWarning)
            model.fit(scaled.train, scaled.train_labels)
        found = accuracy(model.predict(scaled.validation), scaled.validation_labels)
        if best.validation is None or found > best.validation:
            best = Fitted(np.asarray(model.predict(scaled.test), np.int64), {"C": strength}, found)
    return best
