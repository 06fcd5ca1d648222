"""What two ears gain encoders, measured; ``docs/findings/binaural.md`` is its page.

python -m benchmarks.binaural [--quick] [--seeds 12] [--out build/binaural] [--write]

Records are kept in the folder, and what is there is not measured again. With ``--write`` the page and its
picture are written. Some minutes of one core; Whisper, where it was fetched, takes most of them.
"""

import argparse
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from amarathon.errors import ModelError
from amarathon.files import write_atomically
from amarathon.psychoacoustics import BmldSummary, Design, measure, open_encoder, read_summary
from amarathon.psychoacoustics.ablations import ABLATIONS
from benchmarks._binaural_page import PAGE, PICTURE, write_page
from benchmarks._binaural_picture import write_picture

SNR_DB = -14.0


@dataclass(frozen=True)
class Row:
    """An encoder and how it is given the ears; `ablated` where it is worth taking cues away."""

    encoder: str
    presentation: str
    ablated: bool = False
    slow: bool = False

    @property
    def name(self) -> str:
        """As the page has it."""
        return self.encoder if self.presentation == "native" else f"{self.encoder}, {self.presentation}"


ROWS = (
    Row("gcc-phat", "native", ablated=True),
    Row("gcc-phat-fresh", "native", ablated=True),
    Row("difference", "native"),
    Row("net-ipd", "native", ablated=True),
    Row("net-levels", "native", ablated=True),
    Row("log-mel", "left"),
    Row("log-mel", "downmix"),
    Row("log-mel", "dual"),
    Row("log-mel", "mid-side", ablated=True),
    Row("whisper", "left", slow=True),
    Row("whisper", "dual", slow=True),
    Row("whisper", "mid-side", slow=True),
)


def measured(row: Row, design: Design, out: Path) -> BmldSummary:
    """Measure a row, or go on where it stopped."""
    folder = out / row.name.replace(", ", "-")
    one = replace(design, snrs_db=(SNR_DB,))
    encoder = open_encoder(row.encoder)
    steps = [replace(one, seeds=8)] if row.slow else [design]
    if row.ablated:
        steps.append(replace(one, ablations=tuple(name for name in ABLATIONS if name != "raw")))
        steps.append(replace(one, targets=("speech",), ablations=tuple(ABLATIONS)))
    for step in steps:
        measure(encoder, step, folder, presentation=row.presentation)
    return read_summary(folder)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="Three seeds of a fifth of a second.")
    parser.add_argument("--seeds", type=int, default=12)
    parser.add_argument("--out", type=Path, default=Path("build/binaural"))
    parser.add_argument("--only", default="", help="Encoders, separated by commas.")
    parser.add_argument("--write", action="store_true", help=f"Write {PAGE} and {PICTURE}.")
    arguments = parser.parse_args()
    design = Design(seeds=arguments.seeds)
    if arguments.quick:
        design = replace(design, seeds=3, duration_s=0.2, snrs_db=(SNR_DB,))
    found: dict[str, BmldSummary] = {}
    for row in ROWS:
        if arguments.only and row.encoder not in arguments.only.split(","):
            continue
        try:
            found[row.name] = measured(row, design, arguments.out)
        except ModelError as error:
            print(f"{row.name}: {error}", file=sys.stderr)
    page = write_page(found, SNR_DB)
    sys.stdout.write(page)
    if arguments.write:
        write_atomically(Path(PAGE), page)
        write_picture(found, SNR_DB, Path(PICTURE))


if __name__ == "__main__":
    main()
