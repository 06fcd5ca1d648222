"""What must hold of a task's splits before any figure is taken from them."""

from collections import defaultdict
from collections.abc import Sequence

from amarathon.errors import DatasetError
from amarathon.probes.clips import SPLITS, ProbeClip


def check_splits(name: str, clips: Sequence[ProbeClip]) -> None:
    """Refuse a task whose splits share something, or lack a class.

    Raises
    ------
    DatasetError
        A group or a source is in two splits, the same sound is there twice in different splits or under
        two labels, a split is empty, or a class cannot be learned or is never tested.
    """
    for what, splits in (
        ("group", _splits_by(clips, "group")),
        ("source", _splits_by(clips, "source")),
        ("sound", _splits_by(clips, "pcm_sha256")),
    ):
        crossing = sorted(value for value, found in splits.items() if len(found) > 1)
        if crossing:
            raise DatasetError(
                f"The task {name} has the {what} {crossing[0]!r} in two splits: "
                "it would measure memory, not hearing."
            )
    labels_of = defaultdict(set)
    for clip in clips:
        labels_of[clip.pcm_sha256].add(clip.label)
    if any(len(labels) > 1 for labels in labels_of.values()):
        raise DatasetError(f"The task {name} has one sound under two labels.")
    labels = {clip.label for clip in clips}
    for split in SPLITS:
        there = {clip.label for clip in clips if clip.split == split}
        if not there:
            raise DatasetError(f"The task {name} has no clip in its {split} split.")
        missing = sorted(labels - there)
        if missing and split != "validation":
            raise DatasetError(f"The task {name} has no clip of {missing[0]!r} in its {split} split.")


def _splits_by(clips: Sequence[ProbeClip], what: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for clip in clips:
        name = clip.origin.source if what == "source" else str(getattr(clip, what))
        # What is drawn anew for every clip has no source that could be shared.
        if not name.startswith("made/"):
            found[name].add(clip.split)
    return found
