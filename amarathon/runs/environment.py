"""Where a run happened: hardware, library versions and the commit of this code."""

import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from amarathon import __version__

# What an answer, a score or a timing can depend on.
LIBRARIES = (
    "torch",
    "transformers",
    "tokenizers",
    "numpy",
    "soundfile",
    "av",
    "soxr",
    "jiwer",
    "scikit-learn",
    "whisper-normalizer",
)
# Clients of services, by the modules that they are imported as: named where they were at work.
CLIENTS = {"openai": "openai", "google.genai": "google-genai"}


@dataclass(frozen=True)
class Environment:
    """What stands beside every figure that was measured.

    Attributes
    ----------
    hardware : mapping of str to str
        Processor, cores, memory, operating system, and the GPU where one can be used. It names
        no machine and no user.
    libraries : mapping of str to str
        Versions of Python, this package and what it computes with.
    commit : str or None
        Of this code, with ``-dirty`` behind it where files of the package differ from the commit;
        `None` where it is installed rather than checked out (its version is in `libraries`).
    """

    hardware: dict[str, str]
    libraries: dict[str, str]
    commit: str | None


def describe_environment(*, elsewhere: bool = False) -> Environment:
    """Describe this machine and this process; of a machine elsewhere nothing is known."""
    hardware = {"machine": "of a service"} if elsewhere else _hardware()
    return Environment(hardware=hardware, libraries=_libraries(), commit=_commit())


def _hardware() -> dict[str, str]:
    described = {
        "cpu": _cpu_name(),
        "cores": str(os.cpu_count()),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.machine()}",
    }
    # A model that never loaded torch computes elsewhere: this machine's GPU had no part in it.
    torch = sys.modules.get("torch")
    if torch is not None:
        described["threads"] = str(torch.get_num_threads())
        if torch.cuda.is_available():
            names = [torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count())]
            described["gpu"] = ", ".join(names)
            described["cuda"] = str(torch.version.cuda)
    return described


def _cpu_name() -> str:
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text(encoding="utf-8", errors="replace").splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()


def _libraries() -> dict[str, str]:
    versions = {"python": platform.python_version(), "amarathon": __version__}
    for name in (*LIBRARIES, *(name for module, name in CLIENTS.items() if module in sys.modules)):
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return versions


def _commit() -> str | None:
    package = Path(__file__).parents[1]
    # An installed package may lie inside somebody else's repository: only a tracked file proves the commit.
    if _git(package, "ls-files", "--error-unmatch", "__init__.py") is None:
        return None
    commit = _git(package, "rev-parse", "HEAD")
    if commit is None:
        return None
    changed = _git(package, "status", "--porcelain", "--untracked-files=all", "--", ".")
    return commit + ("-dirty" if changed else "")


def _git(folder: Path, *arguments: str) -> str | None:
    """Git's answer, or `None` where there is no git, no repository or no such file."""
    # Inside a git hook GIT_DIR and its kin point at whatever repository runs the hook.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    try:
        answer = subprocess.run(
            ["git", *arguments],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return None
    return answer.stdout.strip() if answer.returncode == 0 else None
