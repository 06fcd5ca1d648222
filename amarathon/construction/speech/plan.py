"""Which recordings there are, from whom, and in which split.

A speaker is in one split only. What the methods of this repository were first tried on, the bundled
prompts and the LibriVox readings, is in the validation set: variants may be chosen there.
"""

from dataclasses import dataclass

SPLITS = ("train", "validation", "test")
SHORTEST_S, LONGEST_S = 90.0, 300.0


@dataclass(frozen=True)
class Planned:
    """A recording to make.

    Attributes
    ----------
    id, split : str
    role : str
        Of the game; empty for prompts.
    seconds : tuple of float
        Most seconds of this recording, last, and of those that come before it from the same role.
    prompts : tuple of str
        Telephone prompts by name.
    bundled : str
        The bundled sample whose prompts are read instead.
    readings : bool
        Whether sentences of a novel, by another speaker, are set between the prompts.
    """

    id: str
    split: str
    role: str = ""
    seconds: tuple[float, ...] = ()
    prompts: tuple[str, ...] = ()
    bundled: str = ""
    readings: bool = False


def _acted(split: str, role: str, *seconds: float) -> list[Planned]:
    name = role.lower().replace(" ", "-")
    return [
        Planned(f"speech-{name}-{number}", split, role, seconds[:number])
        for number in range(1, len(seconds) + 1)
    ]


_PROMPTS = (
    *(Planned(f"speech-{name}", "validation", bundled=f"asr-{name}") for name in ("calls", "conference")),
    Planned("speech-voicemail", "validation", bundled="asr-voicemail"),
    Planned(
        "speech-demonstration",
        "validation",
        prompts=(
            *("demo-congrats", "demo-moreinfo", "demo-abouttotry", "demo-nogo", "demo-nomatch"),
            "basic-pbx-ivr-main",
        ),
    ),
    Planned(
        "speech-mailbox",
        "validation",
        prompts=(
            *("vm-nobodyavail", "vm-whichbox", "vm-rec-unv", "vm-rec-busy", "vm-rec-name", "vm-opts"),
            *("vm-tempgreeting", "vm-saveoper", "vm-review-urgent", "vm-review-nonurgent", "vm-forward"),
            *("vm-forward-multiple", "vm-record-prepend", "vm-nonumber", "vm-toreply", "vm-tomakecall"),
            *("vm-enter-num-to-call", "vm-calldiffnum", "vm-mismatch", "vm-invalidpassword", "vm-starmain"),
        ),
    ),
    Planned(
        "speech-menus",
        "validation",
        prompts=(
            *("conf-adminmenu", "dictate/play_help", "confbridge-dec-list-vol-in", "followme/options"),
            *("confbridge-inc-list-vol-in", "confbridge-rest-list-vol-in", "confbridge-lock-extended"),
            *("conf-usermenu-162", "confbridge-dec-talk-vol-in", "confbridge-inc-talk-vol-in"),
            *("confbridge-rest-talk-vol-in", "dictate/record_help", "confbridge-remove-last-in"),
        ),
    ),
    Planned(
        "speech-readings",
        "validation",
        prompts=(
            *("agent-user", "agent-incorrect", "agent-newlocation", "at-tone-time-exactly"),
            *("cannot-complete-as-dialed", "check-number-dial-again", "conf-onlyone", "conf-getpin"),
            *("confbridge-only-participant", "confbridge-invalid", "confbridge-removed", "dir-usingkeypad"),
            *("followme/pls-hold-while-try", "pm-invalid-option", "priv-callpending", "priv-recordintro"),
            *("queue-callswaiting", "queue-holdtime", "transfer", "tt-monkeysintro"),
        ),
        readings=True,
    ),
)
RECORDINGS: tuple[Planned, ...] = (
    *_PROMPTS,
    *_acted("validation", "Bud", 170),
    *_acted("validation", "Frank Ironstein", 120),
    *_acted("validation", "Mary-Lou Cook", 150),
    *_acted("validation", "Henry", 120),
    *_acted("train", "Joe King", 100, 150, 200, 290),
    *_acted("train", "Sparky", 120, 200),
    *_acted("train", "Jimmy Cook", 100, 150),
    *_acted("test", "Temple Guardian", 180),
    *_acted("test", "Trader Bob", 150, 240),
    *_acted("test", "Princess Azura", 100),
    *_acted("test", "Pygmy Chief", 120, 150),
    *_acted("test", "Ian", 100),
    *_acted("test", "Faye Russell", 100, 150),
    *_acted("test", "Naomi", 170),
    *_acted("test", "Secretary", 100, 130),
)
