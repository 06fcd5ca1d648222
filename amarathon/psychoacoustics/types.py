"""Names of arrays, and the rate at which everything here is sampled."""

import numpy as np
from numpy.typing import NDArray

from amarathon.audio.types import SAMPLE_RATE

Floats = NDArray[np.float64]
Complex = NDArray[np.complex128]

__all__ = ["SAMPLE_RATE", "Complex", "Floats"]
