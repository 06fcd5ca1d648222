"""What the middleware does to pages and to everything else."""

import re
from collections.abc import AsyncIterator

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from web.document import SECURITY_HEADERS, STATIC, PageDocument

PAGE = "<html><head><title>t</title></head><body>ä</body></html>"


async def page(request: Request) -> Response:
    return HTMLResponse(PAGE)


async def page_in_parts(request: Request) -> Response:
    async def parts() -> AsyncIterator[bytes]:
        for byte in PAGE.encode():
            yield bytes([byte])

    return StreamingResponse(parts(), media_type="text/html")


async def record(request: Request) -> Response:
    return JSONResponse({"text": "</head>"}, headers={"Referrer-Policy": "no-referrer"})


@pytest.fixture(scope="module")
def client() -> TestClient:
    routes = [Route("/", page), Route("/parts", page_in_parts), Route("/record", record), STATIC]
    return TestClient(Starlette(routes=routes, middleware=[Middleware(PageDocument)]))


@pytest.mark.parametrize("path", ["/", "/parts"])
def test_page_names_style_and_script_that_are_served(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.text.endswith("</head><body>ä</body></html>")
    assert int(answer.headers["content-length"]) == len(answer.content)
    links = re.findall(r'(?:href|src)="\./(web/[^"]+)"', answer.text)
    assert [link.partition("?")[0] for link in links] == ["web/style.css", "web/theme.js"]
    for link in links:
        assert client.get(f"/{link}").status_code == 200


def test_other_answers_keep_their_body_and_their_own_headers(client: TestClient) -> None:
    answer = client.get("/record")
    assert answer.json() == {"text": "</head>"}
    assert answer.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("path", ["/", "/parts", "/record", "/web/style.css", "/missing"])
def test_security_headers_are_everywhere(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert {name.lower() for name in SECURITY_HEADERS} <= set(headers)


def test_static_files_stay_in_their_folder(client: TestClient) -> None:
    assert client.get("/web/..%2fdocument.py").status_code == 404
    assert client.get("/web/").status_code == 404
