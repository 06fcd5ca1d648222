"""Whatever address a page or a redirect names lies under the path that a proxy serves the app under."""

import re

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from tests.serving import ServedApp
from web.document import RELATIVE_MANIFEST, PageDocument
from web.hosts import RootPath

HERE, ELSEWHERE = "http://testserver", "https://huggingface.co"


async def lead(request: Request) -> Response:
    return RedirectResponse(request.query_params["to"])


@pytest.mark.parametrize(
    ("to", "located"),
    [
        ("/annotate", "/am/annotate"),
        ("/am/annotate", "/am/annotate"),
        ("/am", "/am"),
        ("/amber", "/am/amber"),
        (f"{HERE}/healthz", f"{HERE}/am/healthz"),
        (f"{HERE}/am/healthz", f"{HERE}/am/healthz"),
        ("https://testserver/healthz", "https://testserver/am/healthz"),
        ("annotate", "annotate"),
        ("../annotate", "../annotate"),
        ("//evil.example/x", "//evil.example/x"),
        (f"{ELSEWHERE}/oauth/authorize?redirect_uri={HERE}/x", None),
        ("http://testserver.evil.example/x", "http://testserver.evil.example/x"),
        ("http://testserver:8080/x", "http://testserver:8080/x"),
    ],
)
def test_a_redirect_stays_under_the_path(to: str, located: str | None) -> None:
    client = TestClient(RootPath(Starlette(routes=[Route("/lead", lead)]), "/am"), follow_redirects=False)
    for path in ("/lead", "/am/lead"):
        answer = client.get(path, params={"to": to})
        assert answer.headers["location"] == (to if located is None else located)


def test_a_slash_too_many_leads_to_the_page_itself() -> None:
    client = TestClient(RootPath(Starlette(routes=[Route("/lead", lead)]), "/am"), follow_redirects=False)
    assert client.get("/am/lead/").headers["location"] == f"{HERE}/am/lead"


def test_every_address_of_a_page_is_relative(served: ServedApp) -> None:
    for page in ("/", "/annotate", "/verify", "/demo"):
        named = re.findall(r'<(?:link|script)\b[^>]*?(?:href|src)="([^"]+)"', served.get(page).text)
        assert len(named) > 5
        roots = [each for each in named if each.startswith("/") or each.startswith("http")]
        assert [each for each in roots if not each.startswith(f"{served.url}/")] == [], page


def test_the_manifest_is_named_as_gradio_names_it() -> None:
    async def page(request: Request) -> Response:
        return HTMLResponse(f"<head><link rel=manifest {RELATIVE_MANIFEST[0].decode()}></head>")

    app = Starlette(routes=[Route("/", page)], middleware=[Middleware(PageDocument)])
    assert RELATIVE_MANIFEST[1].decode() in TestClient(app).get("/").text
