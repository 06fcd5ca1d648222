"""Write what a Hugging Face Space is made of into a folder: ``scripts/space.py gradio|docker FOLDER``.

The tracked files of the last commit, the README with the Space's front matter before it, and for a Gradio
Space requirements with the versions that were tested together: its builder sees no constraints.
"""

import re
import subprocess
import sys
import tarfile
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
KINDS = ("gradio", "docker")
# The Space's builder brings its own: `sdk_version` says which gradio, ZeroGPU which torch it has drivers for.
OF_THE_BUILDER = {"gradio", "torch"}
NEEDS_NONE = ("tests/", "benchmarks/", ".github/")


def main(kind: str, folder: Path) -> None:
    """Write the folder, which must be new or empty."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        sys.exit(f"The folder {folder} is not empty.")
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, check=True, capture_output=True).stdout
    with tarfile.open(fileobj=BytesIO(archive)) as files:
        kept = [each for each in files if not f"{each.name}/".startswith(NEEDS_NONE)]
        files.extractall(folder, kept, filter="data")
    readme = folder / "README.md"
    readme.write_text(f"---\n{front_matter(kind)}---\n{readme.read_text(encoding='utf-8')}", encoding="utf-8")
    if kind == "gradio":
        (folder / "requirements.txt").write_text(requirements(), encoding="utf-8")


def front_matter(kind: str) -> str:
    """What stands before the README, see huggingface.co/docs/hub/spaces-config-reference."""
    text = (ROOT / "scripts" / "space" / f"{kind}.yml").read_text(encoding="utf-8")
    return text.replace("GRADIO", versions()["gradio"])


def requirements() -> str:
    """The application's requirements, each as it was tested, but for those that the builder brings."""
    tested, lines = versions(), []
    for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines():
        name = re.match(r"[\w.-]+", line)
        if name is None:
            continue
        key = canonical(name[0])
        extras = re.match(r"[\w.-]+(\[[^]]*\])", line)
        lines.append(
            line if key in OF_THE_BUILDER else f"{name[0]}{extras[1] if extras else ''}=={tested[key]}"
        )
    return "\n".join(lines) + "\n"


def versions() -> dict[str, str]:
    """The versions that were tested together, by canonical name."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = (line.partition(";")[0].split("==") for line in lines if "==" in line and not line.startswith("#"))
    return {canonical(name): version.strip() for name, version in pins}


def canonical(name: str) -> str:
    """A package's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in KINDS:
        sys.exit("scripts/space.py gradio|docker FOLDER")
    main(sys.argv[1], Path(sys.argv[2]))
