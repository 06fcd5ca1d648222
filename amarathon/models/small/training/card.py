"""The model card, from the training's own record."""

from collections.abc import Mapping
from typing import Any

from amarathon.construction.packages import WHISPER_TINY


def model_card(facts: Mapping[str, Any]) -> str:
    """Write the card.

    Parameters
    ----------
    facts : mapping
        Stage, steps, seed and the validation scores (shares between 0 and 1) of the weights.
    """
    scores = {name: value for name, value in facts["validation"].items() if name != "mean"}
    table = [
        "| Task | Validation |",
        "| --- | --- |",
        *(f"| {task} | {100 * value:.1f} |" for task, value in scores.items()),
    ]
    return "\n".join(
        [
            "---",
            "license: apache-2.0",
            "library_name: transformers",
            "language: en",
            "---",
            "# AudioMarathon small",
            "",
            "A model of the Qwen2.5-Omni thinker's class with 14 million parameters, trained on the training "
            "split of AudioMarathon-mini. It answers that benchmark's questions and is no general model: "
            "speech beyond a vocabulary of about 190 words, other languages and open questions are outside "
            "of what it was made for.",
            "",
            f"- Training: {facts['steps']} steps, the last ones on clips of {facts['stage']}; "
            f"seed {facts['seed']}.",
            "- Losses: the reply, an early exit, the word or label at each audio token, the right option, "
            "and pointers by attention.",
            f"- Audio tower: the encoder of Whisper tiny.en ({WHISPER_TINY.licence}, {WHISPER_TINY.author}), "
            "frozen; the projection and the language model are trained here.",
            "",
            "## Validation",
            "",
            "Accuracy in percent on clips of the last stage's lengths, voices and sentences held out; for "
            "transcription the share of reply tokens that are right when those before are given. These are "
            "no benchmark scores.",
            "",
            *(table if scores else ["Not validated yet."]),
            "",
        ]
    )
