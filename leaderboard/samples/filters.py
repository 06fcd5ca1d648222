"""Which samples somebody looks for. What depends on right answers passes over those held back.

A filter that kept or dropped a sample by its answers would tell them: so one that is held back is in no
such list, whatever its answers are, stands where its name cannot be guessed from, and is found by what it
asks alone.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from leaderboard.samples.collection import Collection, Entry, Group

Show = Literal["all", "disagree", "wrong", "flipped"]

_BY_ANSWERS: dict[str, Callable[[Entry, str | None], bool]] = {
    "disagree": lambda entry, _: entry.disagree,
    "wrong": Entry.all_wrong,
    "flipped": Entry.flipped,
}


@dataclass(frozen=True)
class Wanted:
    """What to look for.

    Attributes
    ----------
    dataset, task, run, search : str or None
        A dataset's key, a task's code, a run's folder, words of question, options or name.
    show : str
        All, or those where models disagree, all answers are wrong, pruning flipped one; the latter two in
        the run, where one is named.
    slice : (str, str) or None
        A slice's name and value.
    """

    dataset: str | None = None
    task: str | None = None
    run: str | None = None
    show: Show = "all"
    slice: tuple[str, str] | None = None
    search: str = ""

    def find(self, collection: Collection, held: frozenset[str]) -> list[Entry]:
        """Those that fit, in the order of the list."""
        groups = [group for group in collection.groups if self.dataset in (None, group.key)]
        return [entry for group in groups for entry in _ordered(self._of_group(group, held), held)]

    def _of_group(self, group: Group, held: frozenset[str]) -> Iterable[Entry]:
        words = self.search.casefold().split()
        return (entry for entry in group.entries if self._fits(entry, words, is_held(entry, held)))

    def _fits(self, entry: Entry, words: list[str], hidden: bool) -> bool:
        if self.task not in (None, entry.question.task):
            return False
        if self.run is not None and all(run.name != self.run for run, _ in entry.answers):
            return False
        if hidden and (self.show != "all" or self.slice is not None):
            return False
        if self.show != "all" and not _BY_ANSWERS[self.show](entry, self.run):
            return False
        if self.slice is not None and entry.question.slices.get(self.slice[0]) != self.slice[1]:
            return False
        text = entry.text if hidden else f"{entry.text} {entry.question.sample_id.casefold()}"
        return all(word in text for word in words)


def is_held(entry: Entry, held: frozenset[str]) -> bool:
    """Whether a study that is not closed asks people about a sample."""
    return not held.isdisjoint(entry.marks)


def _ordered(entries: Iterable[Entry], held: frozenset[str]) -> list[Entry]:
    """Those held back behind the others of their task, by opaque id: a place among names would tell."""

    def key(entry: Entry) -> tuple[int, bool, str]:
        hidden = is_held(entry, held)
        return entry.task_order, hidden, entry.id if hidden else entry.question.sample_id

    return sorted(entries, key=key)
