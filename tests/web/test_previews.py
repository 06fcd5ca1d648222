"""What a link says before it is opened: of that very view, and nothing of Gradio's."""

import re
from html import unescape
from pathlib import Path

import httpx
import pytest

from leaderboard import previews
from tests.serving import ROOT, ServedApp, serving

META = re.compile(r'<meta (?:property|name)="([^"]+)" content="([^"]*)">')


def said(page: str) -> dict[str, str]:
    """Names and texts of a page's tags."""
    head = page.partition("<script>window.gradio_config")[0]
    titles = re.findall(r"<title>([^<]*)</title>", head)
    assert len(titles) == 1
    found = [(name, unescape(text)) for name, text in META.findall(head)]
    assert len(found) == len(dict(found)), found
    return dict(found) | {"title": unescape(titles[0])}


@pytest.mark.parametrize(
    ("path", "title", "words"),
    [
        ("/", "Leaderboard", "6,567 questions"),
        ("/?view=nonsense", "Leaderboard", "6,567 questions"),
        ("/?view=pruning&score=MC", "Token pruning", "pruned"),
        ("/?view=eviction&q=snap", "Cache eviction", "“snap”"),
        ("/?view=speed", "Speed", "first token"),
        ("/annotate", "Annotate", "questions"),
        ("/verify", "Verify", "Review"),
        ("/demo", "Live demo", "compression"),
        ("/demo?comparison=0123", "A comparison", "One recording"),
    ],
)
def test_a_link_says_what_it_leads_to(
    http: httpx.Client, served: ServedApp, path: str, title: str, words: str
) -> None:
    found = said(http.get(path).text)
    assert found["title"] == found["og:title"] == f"{title} · AudioMarathon"
    assert words in found["description"]
    assert found["description"] == found["og:description"]
    assert found["og:url"] == served.url + path.replace("?view=nonsense", "?view=nonsense")
    assert "Gradio" not in " ".join(found.values())


def test_what_is_no_view_is_not_repeated(http: httpx.Client, served: ServedApp) -> None:
    found = said(http.get('/?view=speed&__theme=dark&q="><script>x</script>&PROLIFIC_PID=abc').text)
    assert "PROLIFIC" not in found["og:url"]
    assert "__theme" not in found["og:url"]
    assert "<script>x" not in http.get('/?q="><script>x</script>').text
    assert said(http.get("/annotate?PROLIFIC_PID=abc").text)["og:url"] == f"{served.url}/annotate"


def test_a_link_names_the_path_that_a_proxy_serves(tmp_path: Path) -> None:
    with serving(tmp_path, AMARATHON_ROOT_PATH="https://lab.example/am") as app:
        assert said(app.get("/?view=speed").text)["og:url"] == "https://lab.example/am/?view=speed"


def test_every_view_of_the_page_has_its_words() -> None:
    scripts = (ROOT / "leaderboard/static").glob("view-*.js")
    keys = {key for script in scripts for key in re.findall(r'^  key: "(\w+)"', script.read_text(), re.M)}
    assert "models" in keys
    assert keys <= set(previews.VIEWS)
