"""JSON answers made once: what a client gets back by what it sends."""

import gzip
import json
from typing import Any

import brotli
import pytest
from fastapi import FastAPI, Request, Response
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from web.json_api import CachedJson

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
documents = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20
)


@pytest.fixture
def client() -> TestClient:
    app = FastAPI()
    document = CachedJson.of({"rows": [{"model": "Qwen2.5-Omni-7B", "overall": 70.5}] * 50})

    @app.get("/")
    def answer(request: Request) -> Response:
        return document.respond(request)

    return TestClient(app)


@given(documents)
def test_both_bodies_hold_the_document(content: Any) -> None:
    made = CachedJson.of(content)
    assert json.loads(made.body) == content
    assert gzip.decompress(made.compressed("gzip")) == brotli.decompress(made.compressed("br")) == made.body
    assert CachedJson.of(content) == made


def test_what_is_not_finite_becomes_null() -> None:
    assert CachedJson.of([float("nan"), float("inf")]).body == b"[null,null]"


def test_same_copy_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/")
    assert first.headers["content-encoding"] in {"br", "gzip"}
    assert first.json()["rows"][0]["overall"] == 70.5
    again = client.get("/", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]


@pytest.mark.parametrize(
    ("tags", "status"),
    [('"other"', 200), ("*", 304), ('"other", {etag}', 304), ("{strong}", 304), ("", 200)],
)
def test_tags_compare_weakly(client: TestClient, tags: str, status: int) -> None:
    etag = client.get("/").headers["etag"]
    header = tags.format(etag=etag, strong=etag.removeprefix("W/"))
    assert client.get("/", headers={"If-None-Match": header}).status_code == status


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip", "gzip"),
        ("br, GZIP;q=0.5", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=0.2, gzip;q=0.5", "gzip"),
        ("BR; Q=1", "br"),
        ("br;q=x, gzip", "gzip"),
        ("deflate", None),
        ("*", "br"),
        ("identity", None),
        ("gzip;q=0", None),
        ("gzip; q=0.0, *", "br"),
        ("gzip; q=0.0, br;q=0, *", None),
        ("", None),
    ],
)
def test_a_coding_goes_to_who_accepts_it(client: TestClient, accepted: str, encoding: str | None) -> None:
    answer = client.get("/", headers={"Accept-Encoding": accepted})
    assert answer.headers.get("content-encoding") == encoding
    assert answer.headers["vary"] == "Accept-Encoding"
    assert len(answer.json()["rows"]) == 50
