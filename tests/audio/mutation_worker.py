"""Decode the files named on standard input, one a line, and print what became of each as JSON.

Runs as a process of its own: a crash of native code ends this one and not the test session, and
`faulthandler` says where it was; a file that takes too long ends it likewise.
"""

import faulthandler
import json
import sys
import time
import warnings
from pathlib import Path

from amarathon.audio import load_audio
from amarathon.errors import AudioError, AudioWarning

SECONDS_PER_FILE = 600


def main() -> None:
    faulthandler.enable()
    warnings.simplefilter("ignore", AudioWarning)
    for line in sys.stdin:
        faulthandler.dump_traceback_later(SECONDS_PER_FILE, exit=True)
        path = Path(line.rstrip("\n"))
        began = time.process_time()  # of this process alone: others may keep the machine busy
        try:
            audio = load_audio(path)
            outcome = {"seconds_of_audio": audio.duration_s, "warnings": audio.warnings}
        except AudioError as error:
            outcome = {"refusal": str(error)}
        outcome |= {"file": path.name, "took_s": time.process_time() - began}
        sys.stdout.write(json.dumps(outcome) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
