"""Which tasks and suites there are; one declaration each, in the file of its domain."""

from collections.abc import Mapping

from amarathon.errors import ConfigurationError
from amarathon.probes.clips import ProbeTask
from amarathon.probes.tasks.music import MUSIC
from amarathon.probes.tasks.sound import SOUND
from amarathon.probes.tasks.speech import SPEECH

PROBE_TASKS: Mapping[str, ProbeTask] = {task.name: task for task in (*SPEECH, *SOUND, *MUSIC)}
# "made" needs no package: espeak-ng and sounds that are computed.
SUITES: Mapping[str, tuple[str, ...]] = {
    "all": tuple(PROBE_TASKS),
    "fast": ("digit", "actor", "language", "category", "noisy-event", "drum", "pitch-class", "sample-kind"),
    "made": tuple(name for name, task in PROBE_TASKS.items() if not task.packages),
}


def find_tasks(suite: str) -> tuple[ProbeTask, ...]:
    """The tasks of a suite, or those named with commas between them.

    Raises
    ------
    ConfigurationError
        There is no such suite or task.
    """
    names = SUITES.get(suite) or tuple(name for name in suite.split(",") if name)
    for name in names:
        if name not in PROBE_TASKS:
            raise ConfigurationError(
                f"There is no suite or task {name!r}; there are the suites {', '.join(SUITES)} "
                f"and the tasks {', '.join(PROBE_TASKS)}."
            )
    if not names:
        raise ConfigurationError(f"Name a suite: {', '.join(SUITES)}.")
    return tuple(PROBE_TASKS[name] for name in dict.fromkeys(names))
