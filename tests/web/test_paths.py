"""Paths that two parts of a server may read differently, and those that no file system takes."""

import httpx
import pytest

from tests.serving import ServedApp

CONTROLS = ["%00", "%01", "%09", "%0a", "%0b", "%0d", "%0d%0a", "%1f", "%7f"]
SHUT = [
    ("POST", "/gradio_api/upload"),
    ("GET", "/gradio_api/upload_progress"),
    ("POST", "/gradio_api/queue/join"),
    ("GET", "/gradio_api/queue/status"),
    ("GET", "/gradio_api/app_id"),
    ("GET", "/gradio_api/info"),
    ("GET", "/gradio_api/dev/reload"),
    ("GET", "/gradio_api/file=/etc/passwd"),
    ("GET", "/config"),
    ("GET", "/monitoring"),
]


@pytest.mark.parametrize("control", CONTROLS)
def test_no_control_character_opens_a_shut_route(http: httpx.Client, served: ServedApp, control: str) -> None:
    for method, path in SHUT:
        given = {"files": {"files": ("a.wav", b"x")}} if method == "POST" else {}
        for written in (
            f"{path}{control}",
            f"/{control}{path}",
            f"{path}/{control}",
            f"{path[:-2]}{control}",
        ):
            answer = http.request(method, written, **given)
            assert answer.status_code == 404, (method, written)
    assert not list((served.data / "uploads").iterdir())


@pytest.mark.parametrize(
    "name", ["a" * 256, "é" * 128, "a" * 5000, "a/" * 3000, "%F0%9F%8E%B5" * 64, "x/" + "b" * 300]
)
@pytest.mark.parametrize(
    "root", ["/assets/", "/static/", "/svelte/", "/web/", "/v1/demo/", "/v1/human/", "/annotate/", "/"]
)
def test_a_name_that_no_file_has_is_not_there(
    http: httpx.Client, served: ServedApp, root: str, name: str
) -> None:
    assert http.get(root + name).status_code == 404
    assert "Traceback" not in served.log.read_text()
