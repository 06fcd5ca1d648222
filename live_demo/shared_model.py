"""The one model that all visitors share: loaded when the first of them asks."""

import threading
from typing import TYPE_CHECKING

from amarathon.generation.sweep import sweep
from amarathon.tasks import TASKS

if TYPE_CHECKING:
    from amarathon.models.open_model import OpenModel

WARM_UP_S = 8


class SharedModel:
    """Loads a model once.

    Parameters
    ----------
    name : str
        As `amarathon.load_model` takes it.
    """

    def __init__(self, name: str):
        self.name = name
        self._model: OpenModel | None = None
        self._loading = threading.Lock()

    def get(self) -> "OpenModel":
        """The model; the first call loads it, and so does the next one after a failure.

        Raises
        ------
        ModelError
        """
        with self._loading:
            if self._model is None:
                from amarathon.models import load_model

                model = load_model(self.name)
                warm_up(model)
                self._model = model
            return self._model


def warm_up(model: "OpenModel") -> None:
    """Answer once about silence, so that no visitor's first configuration pays for the start.

    Without it vanilla, which comes first, would look slower than it is, and every speed-up larger.
    """
    import numpy as np

    from amarathon.audio import SAMPLE_RATE, Audio, AudioInfo

    silence = np.zeros(WARM_UP_S * SAMPLE_RATE, np.float32)
    info = AudioInfo("none", "none", SAMPLE_RATE, 1, float(WARM_UP_S), 0)
    # A question that every model can answer, one that only transcribes as well.
    messages = TASKS["ASR"].free_messages("", [])
    events = sweep(model, Audio(silence, "", "", info), messages, ["vanilla"], max_new_tokens=4)
    for _ in events:
        pass
