"""What anybody may read: from pages of any site, in a browser, and about the API."""

import re

import httpx
import pytest

PUBLIC = ("/leaderboard", "/tables", "/tables/3", "/tables/99", "/tasks", "/methods", "/runs", "/runs/none")


@pytest.mark.parametrize("path", PUBLIC)
def test_pages_of_any_site_read_what_the_leaderboard_says(http: httpx.Client, path: str) -> None:
    answer = http.get(f"/v1{path}", headers={"Origin": "https://evil.example"})
    assert answer.headers["access-control-allow-origin"] == "*"
    # Without it a browser hands on no answer to a request that had a visitor's cookies.
    assert "access-control-allow-credentials" not in answer.headers
    wanted = {"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"}
    assert http.options(f"/v1{path}", headers=wanted).headers["access-control-allow-methods"] == "GET"
    wanted |= {"Access-Control-Request-Method": "POST"}
    assert http.options(f"/v1{path}", headers=wanted).status_code == 400


def test_what_is_not_there_is_a_page_for_a_browser_and_a_sentence_for_a_program(http: httpx.Client) -> None:
    page = http.get("/no/<b>where", headers={"Accept": "text/html,*/*"})
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "There is nothing here" in page.text
    assert "<b>" not in page.text
    for name in re.findall(r'(?:href|src)="([^"]+)"', page.text):
        found = http.get(httpx.URL("http://x/no/where").join(name).raw_path.decode())
        assert found.status_code == 200, name
    for path in ("/nowhere", "/v1/nowhere", "/gradio_api/upload"):
        for accept in ("*/*", "application/json", *(["text/html"] if path != "/nowhere" else [])):
            answer = http.get(path, headers={"Accept": accept})
            assert (answer.status_code, answer.json()) == (404, {"error": "There is nothing here."})
    own = http.get("/v1/tables/99").json()
    assert own["error"].startswith("There is no table 99")


def test_the_page_of_the_api_shows_every_route_and_asks_nobody_else(
    http: httpx.Client,
) -> None:
    page = http.get("/docs/api").text
    for path, methods in http.get("/openapi.json").json()["paths"].items():
        if path.startswith(("/v1/", "/healthz")):
            assert all(f"<code>{method.upper()} {path}</code>" in page for method in methods), path
    named = re.findall(r'(?:href|src)="([^"#]+)"', page)
    assert [name for name in named if "://" in name] == []
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(re.findall(r'id="([^"]+)"', page))
    examples = re.findall(r"curl --compressed (\S+)</pre>", page)
    assert len(examples) == 7
    for address in examples:
        assert http.get(address).status_code == 200, address
