"""The model card, from the training's own record and, once there is one, from a run on the test split."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from amarathon.compression.configuration import VANILLA
from amarathon.errors import ModelError, RunError
from amarathon.files import write_atomically
from amarathon.models.checkpoint import find_checkpoint
from amarathon.packages.declared import WHISPER_TINY
from amarathon.runs.markdown import number, table
from amarathon.runs.reading import Run
from amarathon.runs.summary import summary_of

FACTS_FILE, CARD_FILE = "training.json", "README.md"
_HEAD = """---
license: mit
library_name: transformers
language: en
---
# AudioMarathon small

A model of the Qwen2.5-Omni thinker's class with 14 million parameters, trained on the training split of
AudioMarathon-mini: synthetic voices, made sounds and rendered music. It answers that benchmark's questions
and is no general model."""


class TrainingFacts(BaseModel):
    """What a training says of its weights.

    Attributes
    ----------
    stage : str
        The last one.
    stage_step, steps : int
        Done in that stage, and in all.
    seed : int
    validation : dict of str to float
        Shares between 0 and 1 by task, and their mean.
    losses : dict of str to float
        The last ones of the training, averaged.
    remark : str
        What else has to be known, in sentences; for whoever trained it to write into the file.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    stage: str
    stage_step: int
    steps: int
    seed: int
    validation: dict[str, float]
    losses: dict[str, float] = {}
    remark: str = ""


def write_card(folder: Path, run: Run | None = None) -> None:
    """Write a checkpoint's card beside its weights.

    Parameters
    ----------
    folder : Path
        With the ``training.json`` that the export wrote.
    run : Run, optional
        Of the same weights; its ``vanilla`` scores stand on the card.

    Raises
    ------
    ModelError
        The folder has no record of its training.
    RunError
        The run is of other weights, or has no ``vanilla``.
    """
    try:
        facts = TrainingFacts.model_validate_json((folder / FACTS_FILE).read_bytes())
    except (OSError, ValidationError) as error:
        raise ModelError(f"{folder.name} holds no record of its training: {FACTS_FILE}.") from error
    if run is not None and run.header.model.revision != find_checkpoint(str(folder)).revision:
        raise RunError(f"{run.header.run_id} is a run of other weights than those in {folder.name}.")
    write_atomically(folder / CARD_FILE, model_card(facts, run))


def model_card(facts: TrainingFacts, run: Run | None = None) -> str:
    """Write the text of the card; parameters and errors as those of `write_card`."""
    parts = [_HEAD, _LIMITS, _training(facts), _validation(facts.validation)]
    parts.append("Not measured on the test split yet." if run is None else _measured(run))
    return "\n\n".join(parts) + "\n"


_LIMITS = """## What it cannot do

It knows about 190 English words, the ten tasks' own prompts, and the kinds of sounds, scenes and music that
AudioMarathon-mini is made of. Other words, other languages, open questions, conversation, real emotions and
real ages are outside of what it was made for; it answers all the same, and then its answer means nothing.

Transcription is not what it is for. It writes the words of AudioMarathon-mini's own sentences, and few of
them in recordings of minutes; its figures stay here as they were measured. For speech, and for what evictions
do to long replies, use Whisper tiny.en: `load_model("whisper")`."""


def _training(facts: TrainingFacts) -> str:
    lines = [
        "## Training",
        "",
        f"- {facts.steps} steps, the last {facts.stage_step} of them on clips of {facts.stage}; seed "
        f"{facts.seed}. `amarathon train-small` does it again.",
        "- Learnt: the reply, the word or label at each audio token, the words before it, who goes "
        "with what, the options' names and letters, the right one, and where some heads look. Only the model "
        "itself is kept.",
        f"- Audio tower: the encoder of Whisper tiny.en ({WHISPER_TINY.licence}, {WHISPER_TINY.author}), "
        "frozen; the projection and the language model are trained here.",
    ]
    if facts.losses:
        values = ", ".join(f"{name} {value:.2f}" for name, value in facts.losses.items())
        lines.append(f"- Losses at the end: {values}.")
    if facts.remark:
        lines.append(f"- {facts.remark}")
    return "\n".join(lines)


def _validation(scores: Mapping[str, float]) -> str:
    if not scores:
        return "## Validation\n\nNot validated yet."
    return (
        "## Validation\n\nAccuracy in percent on clips of the last stage's lengths, voices and sentences "
        "held out; for transcription the share of reply tokens that are right when those before are given. "
        "These are no benchmark scores.\n\n"
        + table(
            ["Task", "Validation"],
            [[task, f"{100 * value:.1f}"] for task, value in scores.items() if task != "mean"],
        )
    )


def _measured(run: Run) -> str:
    breakdown = summary_of(run).breakdowns.get(VANILLA)
    if breakdown is None:
        raise RunError(f"{run.header.run_id} has no configuration {VANILLA}.")
    header = run.header
    rows = []
    for cell in breakdown.headlines():
        interval = "-" if cell.low is None else f"{cell.low:.1f} to {cell.high:.1f}"
        rows.append([cell.task, cell.metric, number(cell.score), interval, str(cell.count)])
    fixed = [code for cell in breakdown.headlines() for code in cell.held_fixed]
    conditional = (
        f" The interval of the mean is conditional on the recordings of {', '.join(fixed)}, "
        "too few for one of their own."
        if fixed
        else ""
    )
    return (
        f"## Measured\n\nOn {header.dataset.name}, {header.dataset.count} samples of 90-300 s whose voices, "
        f"sentences and sound files no training clip has; strict protocol {header.protocol_version}, data "
        f"`{header.dataset.sha256[:12]}`, commit `{(header.commit or 'unknown')[:12]}`, run "
        f"`{header.run_id}`.{conditional}\n\n"
        + table(["Task", "Metric", "Score", "95% interval", "Samples"], rows)
    )
