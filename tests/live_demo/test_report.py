"""What is taken home: a page that needs nothing else, and Python that gives the same answers."""

import json
import subprocess
import sys
from html.parser import HTMLParser

import pytest

from amarathon.generation.outcome import Outcome
from live_demo.report import report_of
from live_demo.reproduction import script_of
from live_demo.results import NO_PROMPT, ComparisonResults
from live_demo.visitors import Visitor
from tests.live_demo.conftest import make_ask, tone_file

NASTY = "<script>alert(1)</script>\"'&</pre>{0}%s\n\\"


class Tags(HTMLParser):
    """Every tag and attribute of a page."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.attributes = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs


@pytest.fixture
def nasty(service, upload):
    """A comparison in which every text tries to be something else."""
    name = NASTY.replace("\n", "").replace("/", "").replace("\\", "") + ".wav"
    outcomes = [
        Outcome("vanilla", reply=NASTY, audio_tokens=50, kept_tokens=50, kept_spans=((0.0, 2.0),)),
        Outcome("frame@0.6", reply="other", audio_tokens=50, kept_tokens=20, kept_spans=((0.5, 1.0),)),
        Outcome("snapkv@0.5", error=NASTY),
    ]
    service.queue.answer = lambda *_: (outcome for outcome in outcomes)
    recording = upload(2.0, name=name)["id"]
    ask = make_ask(recording, task="free", question=NASTY, options=[])
    comparison = service.submit(ask, Visitor())
    service.queue.run(comparison.id)
    return ComparisonResults(comparison.folder, service.gold)


def test_the_report_needs_nothing_and_escapes_everything(nasty):
    page = report_of(nasty)
    found = Tags(page)
    assert not {"script", "img", "link", "iframe", "object", "base", "form"} & set(found.tags)
    for name, value in found.attributes:
        assert not name.startswith("on")
        assert name not in ("src", "href", "action", "style")
        assert "://" not in (value or "")
    assert found.tags.count("svg") == 2
    assert "<script>" not in page
    assert "url(" not in page
    assert "@import" not in page
    assert "&lt;script&gt;" in page
    assert "taken once" in page


def test_an_evictions_map_is_drawn(service, ask):
    outcomes = [
        Outcome("vanilla", reply="A"),
        Outcome("snapkv@0.5", reply="A", kept_map=((0.5, 0.0), (1.0, 0.2))),
    ]
    service.queue.answer = lambda *_: (outcome for outcome in outcomes)
    comparison = service.submit(ask(configurations=["snapkv@0.5"]), Visitor())
    service.queue.run(comparison.id)
    page = report_of(ComparisonResults(comparison.folder))
    assert page.count("fill-opacity") == 3


def test_the_report_comes_with_a_policy(client, service, ask):
    comparison = service.submit(ask(), Visitor())
    service.queue.run(comparison.id)
    answer = client.get(f"/v1/demo/comparisons/{comparison.id}/comparison.html")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["content-disposition"].startswith("attachment")


def run(script, folder):
    file = folder / "again.py"
    file.write_text(script)
    done = subprocess.run(
        [sys.executable, str(file)], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return [tuple(line.split("\t")) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("kind", ["file", "stretch", "example"])
def test_the_python_gives_the_same_answers(service, client, tmp_path, kind):
    if kind == "example":
        recording = client.post("/v1/demo/examples/asr-calls").json()["id"]
    else:
        (tmp_path / "my tone.wav").write_bytes(tone_file(6.0))
        address, name = "/v1/demo/recordings", {"name": "my tone.wav"}
        recording = client.post(address, params=name, content=tone_file(6.0)).json()["id"]
        if kind == "stretch":
            recording = client.post(f"{address}/{recording}/cut?start=1.5&end=4").json()["id"]
    names = ["random@0.3", "frame@0.6+snapkv@0.5"]
    ask = make_ask(recording, configurations=names, seed=5, max_new_tokens=4)
    comparison = service.submit(ask, Visitor())
    service.queue.run(comparison.id)
    assert comparison.state == "done", comparison.error
    found = ComparisonResults(comparison.folder)
    rows = [(row.configuration, str(row.kept_tokens), row.reply) for row in found.rows()]
    assert run(script_of(found), tmp_path) == rows


def test_what_a_visitor_wrote_is_never_code(nasty):
    script = script_of(nasty)
    compile(script, "again.py", "exec")
    assert repr(NASTY)[1:-1].replace("'", "\\'") in script or ascii(NASTY)[1:-1] in script


@pytest.mark.parametrize("adapter", ["small", "whisper"])
def test_the_prompt_is_said_only_where_it_is_read(client, service, ask, adapter):
    comparison = service.submit(ask(), Visitor())
    service.queue.run(comparison.id)
    file = comparison.folder / "run.json"
    header = json.loads(file.read_text())
    header["model"]["adapter"] = adapter
    file.write_text(json.dumps(header))
    page = client.get(f"/v1/demo/comparisons/{comparison.id}/comparison.html").text
    said = client.get(f"/v1/demo/comparisons/{comparison.id}").json()["prompt"]
    for text in (page, said):
        assert ("user: [audio]" in text, NO_PROMPT in text) == (adapter != "whisper", adapter == "whisper")
