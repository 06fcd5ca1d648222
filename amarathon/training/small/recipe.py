"""Every number of the training: stages, batches, rates, weights of the losses."""

from collections.abc import Mapping
from dataclasses import dataclass, field

# How often a task is practised. Transcription teaches which word is spoken where; the others build on it.
TASK_WEIGHTS: Mapping[str, float] = {
    "ASR": 0.22,
    "SER": 0.14,
    "SCR": 0.20,
    "SED": 0.08,
    "MC": 0.04,
    "ASC": 0.06,
    "SD": 0.06,
    "ER": 0.06,
    "SAR": 0.07,
    "SGR": 0.07,
}


@dataclass(frozen=True)
class Clips:
    """What stages of the same lengths share: blocks of clips on disk, and validation clips.

    Attributes
    ----------
    seconds : tuple of float
        Shortest and longest clip.
    shards : int
        Blocks of training clips that are made, one after another while a stage goes on.
    indices : int
        Clips of each task in a block.
    questions : int
        Of one task about one clip in a sequence: the longer it is, the more are worth its tokens.
    validated : int
        Clips of each task of the validation split.
    """

    seconds: tuple[float, float]
    shards: int
    indices: int
    questions: int
    validated: int


@dataclass(frozen=True)
class Stage:
    """A part of the curriculum.

    Attributes
    ----------
    name : str
    clips : Clips
    steps : int
        At most; fewer where validation no longer improves.
    peak_rate : float
        Learning rate after the warm-up; it falls to a tenth along half a cosine.
    emphasis : mapping of str to float
        Tasks that are practised so many times as often as by the recipe's weights.
    """

    name: str
    clips: Clips
    steps: int
    peak_rate: float
    emphasis: Mapping[str, float] = field(default_factory=dict)


_SHORT = Clips((4.0, 8.0), shards=14, indices=24, questions=3, validated=16)
_MIDDLE = Clips((16.0, 32.0), shards=6, indices=16, questions=6, validated=16)
_LONG = Clips((64.0, 128.0), shards=3, indices=8, questions=12, validated=8)
# What was still to be learnt when clips got long: who said what, and where a transcript has got to.
_FACTS = {"SCR": 2.0, "ASR": 1.5}
# What was still the weakest behind that.
_HARD = {"ASR": 5.0, "SCR": 2.0, "MC": 3.0}
_HARDEST = {"ASR": 4.0, "SCR": 1.5, "MC": 8.0}
_TRANSCRIPTS = {"ASR": 8.0, "SCR": 2.0, "MC": 4.0}
CURRICULUM = (
    Stage("4-8 s", _SHORT, 1500, 1.5e-3),
    Stage("16-32 s", _MIDDLE, 1000, 6e-4),
    Stage("64-128 s", _LONG, 500, 1.6e-4, _FACTS),
    Stage("64-128 s, transcripts", _LONG, 220, 2e-4, {"ASR": 8.0}),
    Stage("16-32 s, transcripts", _MIDDLE, 400, 3e-4, _HARD),
    Stage("64-128 s, again", _LONG, 400, 1.6e-4, _HARD),
    Stage("16-32 s, once more", _MIDDLE, 350, 3e-4, _HARDEST),
    Stage("64-128 s, once more", _LONG, 350, 2e-4, _TRANSCRIPTS),
)


@dataclass(frozen=True)
class TrainingRecipe:
    """The whole training.

    Attributes
    ----------
    seed : int
    stages : tuple of Stage
    weights : mapping of str to float
        Tasks, and how often each is practised.
    batch_tokens : int
        About so many tokens a step.
    text_share : float
        Share of sequences in which the embeddings of what is heard stand in for the audio.
    warm_up : int
        Steps of each stage in which the rate rises.
    validate_every : int
        Steps.
    patience : int
        Validations without improvement after which a stage ends.
    checkpoint_s : float
        Seconds between checkpoints.
    """

    seed: int = 0
    stages: tuple[Stage, ...] = CURRICULUM
    weights: Mapping[str, float] = field(default_factory=lambda: dict(TASK_WEIGHTS))
    batch_tokens: int = 2400
    text_share: float = 0.3
    warm_up: int = 100
    validate_every: int = 150
    patience: int = 6
    checkpoint_s: float = 120.0
