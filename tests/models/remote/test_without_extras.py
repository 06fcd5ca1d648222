"""Without the clients of services everything else works, and their names say what to install."""

import os
import subprocess
import sys

import pytest

# Any import of a client fails, installed or not.
BLOCKED = """
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("openai", "httpx2") or name.startswith("google.genai"):
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Blocked())
"""


@pytest.mark.parametrize(
    ("name", "host", "extra"),
    [
        ("http://127.0.0.1:9/v1#m", "127.0.0.1", "openai"),
        ("gemini:gemini-2.5-flash-lite", "generativelanguage.googleapis.com", "gemini"),
    ],
)
def test_a_name_says_what_to_install(name, host, extra):
    code = f"""{BLOCKED}
from amarathon import load_model
from amarathon.errors import ModelError
from amarathon.models.remote import ServiceOptions
try:
    load_model({name!r}, service=ServiceOptions(send_recordings_to={host!r}))
except ModelError as error:
    print(error)
"""
    environment = os.environ | {"GEMINI_API_KEY": "k"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert f'pip install "amarathon[{extra}]"' in done.stdout, done.stderr


def test_nothing_loads_a_client_before_a_service_is_asked():
    code = """
import sys
import amarathon, amarathon.runs, amarathon.cli
from amarathon.models.remote import find_remote
from amarathon.models.remote.estimating import estimate
find_remote("openai:gpt-audio-1.5")
print([name for name in ("openai", "google.genai", "httpx2", "torch") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "openai" not in done.stdout
    assert "google.genai" not in done.stdout
