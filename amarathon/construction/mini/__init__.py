"""AudioMarathon-mini: ten tasks from freely licensed material, made by rule where none exists.

One sample of the training split::

    made = render("SCR", "train", 17, seconds=30)

`render` is fast enough to be called thousands of times while a model trains (a few hundredths of a
second for 30 s; music is slower once, until its takes are cached). What is fetched (see
`amarathon.packages.declared`) is fetched once; `prepare` does it ahead.

What holds, and what training code may rely on:

- Same arguments, same result: nothing depends on the order of calls, on the process or on its number.
- Question, options and answer depend on task, split, index and seed alone, never on the length; only a
  transcript does. Over any run of indices every answer position is as frequent as the others, give or
  take one.
- `Rendering.samples` is 16 kHz mono float32 of exactly the length asked for, 2 s to an hour;
  `Rendering.pieces` says what is heard when; `Rendering.words` has the times of every synthetic word.
- Voices, recordings, grooves and whole sentences of the three splits are disjoint. Single words are
  shared: `vocabulary.all_words` lists them all.
- Indices are unbounded, so a training set is as large as one likes.
"""

from collections.abc import Callable, Mapping
from importlib import import_module

from amarathon.construction.mini.plan import Plan
from amarathon.construction.rendering import Rendering
from amarathon.errors import TaskError

__all__ = ["SPLITS", "draw_seconds", "prepare", "render"]

from amarathon.construction.mini.plan import SPLITS, draw_seconds

# One module each: `render(plan)` makes a sample, `prepare()` fetches what it is made from.
MODULES: Mapping[str, str] = {
    code: f"amarathon.construction.mini.{code.lower()}"
    for code in ("SER", "SCR", "ASR", "SED", "MC", "ASC", "SD", "ER", "SAR", "SGR")
}


def render(task: str, split: str, index: int, seconds: float, seed: int = 0) -> Rendering:
    """Make one sample of AudioMarathon-mini.

    Parameters
    ----------
    task : str
        A task code.
    split : {"train", "validation", "test"}
        Voices, recordings, grooves and sentences of different splits are disjoint.
    index : int
        The sample's number in its split; any number up from 0.
    seconds : float
        Length of the audio. The question, its options and its answer do not depend on it, except
        for a transcript.
    seed : int
        Of the whole benchmark.

    Returns
    -------
    Rendering

    Raises
    ------
    TaskError, DatasetError
        There is no such task or split, or a source cannot be had.
    """
    plan = Plan(task, split, index, seconds, seed)
    make: Callable[[Plan], Rendering] = _module(task).render
    return make(plan)


def prepare(task: str) -> None:
    """Fetch and check what a task's samples are made from.

    Raises
    ------
    TaskError, DatasetError
        As for `render`.
    """
    _module(task).prepare()


def _module(task: str):  # type: ignore[no-untyped-def]
    if task not in MODULES:
        raise TaskError(f"There is no task {task}; there are {', '.join(MODULES)}.")
    return import_module(MODULES[task])
