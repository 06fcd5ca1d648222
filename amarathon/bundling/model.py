"""Bundle a trained checkpoint: `python -m amarathon.bundling.model CHECKPOINT [RUN]`.

It copies what `amarathon train-small` wrote to `models/small`, writes its card, with the scores of a run
of these weights where one is named, and lists the weights in `manifest.json` and `ATTRIBUTION.md`.
"""

import shutil
import sys
from pathlib import Path

from amarathon.assets import ASSETS_FOLDER, Asset
from amarathon.bundling.listing import list_beside
from amarathon.errors import ModelError
from amarathon.files import file_sha256
from amarathon.models.small import bundled_folder
from amarathon.packages.declared import WHISPER_TINY
from amarathon.runs import read_run
from amarathon.runs.reading import Run
from amarathon.training.small.card import write_card
from amarathon.training.small.export import LARGEST_BYTES

WEIGHTS = "model.safetensors"


def bundle(checkpoint: Path, run: Run | None = None) -> Asset:
    """Bundle the checkpoint in place of the one that was bundled before.

    Raises
    ------
    ModelError
        The folder holds no single file of weights, or it is too large.
    RunError
        The run is of other weights.
    """
    weights = checkpoint / WEIGHTS
    if not weights.is_file() or weights.stat().st_size > LARGEST_BYTES:
        raise ModelError(f"{checkpoint.name} holds no {WEIGHTS} of at most {LARGEST_BYTES:,} bytes.")
    write_card(checkpoint, run)
    folder = bundled_folder()
    if folder.resolve() != checkpoint.resolve():
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(checkpoint, folder)
    asset = Asset(
        path=(folder / WEIGHTS).relative_to(ASSETS_FOLDER).as_posix(),
        kind="weights",
        title="AudioMarathon small: a model of the Qwen2.5-Omni thinker's class",
        author=f"this project; the audio tower: {WHISPER_TINY.author}",
        # What was trained here is published under the tower's own licence, so that the file has one.
        licence=WHISPER_TINY.licence,
        licence_url="https://opensource.org/license/mit",
        source=(
            f"The audio tower is the encoder of Whisper tiny.en, from the Python package {WHISPER_TINY.name} "
            f"{WHISPER_TINY.version}; everything else was trained by amarathon train-small"
        ),
        changes="encoder renamed for this class, its windows 4 s long, half precision",
        sha256=file_sha256(folder / WEIGHTS),
        bytes=(folder / WEIGHTS).stat().st_size,
    )
    list_beside([asset])
    return asset


if __name__ == "__main__":
    bundled = bundle(Path(sys.argv[1]), read_run(Path(sys.argv[2])) if len(sys.argv) > 2 else None)
    print(f"{bundled.path}  {bundled.bytes:,} bytes  {bundled.licence}")  # noqa: T201
