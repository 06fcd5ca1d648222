"""Bundle the two small nets: `python -m amarathon.bundling.binaural FOLDER`.

It copies what `amarathon train-binaural` wrote to `models/binaural` and lists the weights in `manifest.json`
and `ATTRIBUTION.md`.
"""

import shutil
import sys
from pathlib import Path

from amarathon.assets import ASSETS_FOLDER, Asset
from amarathon.bundling.listing import list_beside
from amarathon.errors import ModelError
from amarathon.files import file_sha256
from amarathon.packages.declared import KEMAR
from amarathon.psychoacoustics.nets import CARD_FILE, FOLDER, KINDS, open_net

LARGEST_BYTES = 1_000_000


def bundle(trained: Path) -> list[Asset]:
    """Bundle the nets in place of those that were bundled before.

    Raises
    ------
    ModelError
        The folder does not hold both nets and their card, or one is too large.
    """
    for kind in KINDS:
        open_net(kind, trained)
        if (trained / f"{kind}.safetensors").stat().st_size > LARGEST_BYTES:
            raise ModelError(f"{kind}.safetensors has more than {LARGEST_BYTES:,} bytes.")
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in (CARD_FILE, *(f"{kind}.safetensors" for kind in KINDS)):
        shutil.copyfile(trained / name, FOLDER / name)
    assets = [_asset(kind, words) for kind, words in KINDS.items()]
    list_beside(assets)
    return assets


def _asset(kind: str, words: str) -> Asset:
    path = FOLDER / f"{kind}.safetensors"
    return Asset(
        path=path.relative_to(ASSETS_FOLDER).as_posix(),
        kind="weights",
        title=f"net-{kind}: a small net that hears azimuths by {words}",
        author="this project",
        licence="MIT",
        licence_url="https://opensource.org/license/mit",
        source=(
            "Trained by amarathon train-binaural on recordings of AudioMarathon-mini, placed by the head "
            f"responses of {KEMAR.author}, Debian package {KEMAR.name} {KEMAR.version}"
        ),
        changes="none",
        sha256=file_sha256(path),
        bytes=path.stat().st_size,
    )


if __name__ == "__main__":
    for bundled in bundle(Path(sys.argv[1])):
        print(f"{bundled.path}  {bundled.bytes:,} bytes  {bundled.licence}")  # noqa: T201
