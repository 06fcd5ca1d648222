"""Plotly's script as it is served: what the package brings, compressed, to be kept."""

import gzip

from fastapi import FastAPI
from fastapi.testclient import TestClient

from web.plotly_bundle import ADDRESS, SCRIPT, plotly_route


def test_the_script_is_the_package_s_own() -> None:
    client = TestClient(FastAPI(routes=[plotly_route()]))
    plain = client.get(ADDRESS, headers={"Accept-Encoding": "identity"})
    assert plain.content == SCRIPT.read_bytes()
    assert plain.headers["content-type"].startswith("text/javascript")
    assert "immutable" in plain.headers["cache-control"]
    with client.stream("GET", ADDRESS, headers={"Accept-Encoding": "gzip"}) as response:
        raw = b"".join(response.iter_raw())
    assert response.headers["content-encoding"] == "gzip"
    assert gzip.decompress(raw) == SCRIPT.read_bytes()
    assert len(raw) < 2_000_000
