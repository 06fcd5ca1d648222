"""Bundle the run of Whisper tiny.en on real speech: `python -m amarathon.bundling.speech_run RUN`.

Its references are the lines of an adventure game, and its replies are what was made of hearing them. The
game's licence lets everybody pass them on with its read-me beside them and a notice that they are modified;
both are written here.
"""

import gzip
import shutil
import sys
from pathlib import Path

from amarathon.assets import ASSETS_FOLDER, Asset
from amarathon.bundling.listing import list_anew
from amarathon.bundling.scores import SPEECH
from amarathon.files import file_sha256, write_atomically
from amarathon.packages.declared import ADVENTURE
from amarathon.packages.fetching import unpacked
from amarathon.runs.packing import pack_run
from amarathon.runs.reading import PACKED_FILE

README = "README-flight-of-the-amazon-queen.txt"
NOTICE = f"""\
THIS IS A MODIFIED VERSION of a small part of the game's data: {PACKED_FILE} beside this file holds
some of its lines as text, and transcripts that speech recognition made of the recordings of these lines. The
game itself is not here. What follows is the game's own read-me, with its licence, as it came.

"""
TITLE = "Whisper tiny.en on long-form English speech: lines of Flight of the Amazon Queen, and transcripts"


def bundle(run: Path) -> Asset:
    """Put a complete run in place of the one that was bundled before.

    Raises
    ------
    RunError
        It cannot be read, or is not complete.
    DatasetError
        The game's package cannot be had.
    """
    readme = unpacked(ADVENTURE) / "usr/share/doc" / ADVENTURE.name / "readme.txt.gz"
    shutil.rmtree(SPEECH, ignore_errors=True)
    pack_run(run, SPEECH)
    text = gzip.decompress(readme.read_bytes()).decode("latin-1").replace("\r\n", "\n")
    write_atomically(SPEECH / README, NOTICE + text)
    answers = SPEECH / PACKED_FILE
    asset = Asset(
        path=answers.relative_to(ASSETS_FOLDER).as_posix(),
        kind="run",
        title=TITLE,
        author=ADVENTURE.author,
        licence=ADVENTURE.licence,
        licence_url="https://www.scummvm.org/games/",
        source=f"Debian package {ADVENTURE.name} {ADVENTURE.version}; its read-me lies beside the file",
        changes="modified: spoken lines as text, beside transcripts that a model made of them",
        sha256=file_sha256(answers),
        bytes=answers.stat().st_size,
    )
    list_anew("run", [asset])
    return asset


if __name__ == "__main__":
    bundled = bundle(Path(sys.argv[1]))
    sys.stdout.write(f"{bundled.path}, {bundled.bytes:,} bytes\n")
