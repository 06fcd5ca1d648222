"""Every route of the served app, Gradio's own among them: which are open, and what odd requests get."""

import json
import re
from typing import Any

import httpx
import pytest

from docs import registries
from tests.serving import ROOT, ServedApp
from web.bodies import LARGE
from web.limits import Limits

# What pages ask of Gradio; see `web.gradio_routes`.
QUEUE = {
    ("post", "/gradio_api/queue/join"),
    ("get", "/gradio_api/queue/data"),
    ("get", "/gradio_api/heartbeat/{session_hash}"),
    ("get", "/gradio_api/startup-events"),
    ("get", "/gradio_api/theme.css"),
}
PAGES = re.compile(
    r"/(annotate/?|verify/?|demo/?|(svelte|static|assets)/.*|theme\.css|favicon\.ico|robots\.txt|manifest\.json)?"
)
# What programs ask of the demo: what there is, a file, a call, its answer, its end.
PROGRAMS = re.compile(r"/(config|gradio_api/(info|upload|cancel|call/.*|mcp.*))/?")
JOIN = {"data": [], "fn_index": 0, "session_hash": "abcdefgh", "event_data": None, "trigger_id": 3}


@pytest.fixture(scope="module")
def operations(served: ServedApp) -> list[tuple[str, str]]:
    """Method and path of everything that the app has."""
    paths = served.get("/openapi.json").json()["paths"]
    return [(method, path) for path, methods in paths.items() for method in methods]


def test_of_gradios_routes_only_those_that_pages_use_are_open(
    http: httpx.Client, operations: list[tuple[str, str]]
) -> None:
    gradios = [(method, path) for method, path in operations if not path.startswith(("/v1/", "/healthz"))]
    assert len(gradios) > 60
    for method, path in gradios:
        if (method, path) in QUEUE or PAGES.fullmatch(path) or PROGRAMS.fullmatch(path):
            continue
        answer = http.request(method, re.sub(r"\{[^}]+\}", "x", path), json={} if method == "post" else None)
        assert answer.status_code == 404, (method, path)
        assert answer.text == ("" if method == "head" else '{"error":"There is nothing here."}')
        assert "x-content-type-options" in answer.headers


def test_the_documentation_lists_the_routes_that_there_are(operations: list[tuple[str, str]]) -> None:
    own = {(method.upper(), path) for method, path in operations if path.startswith(("/v1/", "/healthz"))}
    own.add(("POST", "/gradio_api/upload"))  # the app's own in Gradio's place
    page = registries.on_page_markdown((ROOT / "docs/reference/routes.md").read_text(encoding="utf-8"))
    assert set(re.findall(r"^\| `([A-Z]+) (\S+)` \|", page, re.MULTILINE)) == own


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/upload/",
        "/gradio_api//upload",
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/proxy=http://127.0.0.1",
        "/gradio_api",
    ],
)
def test_a_shut_route_stays_shut_however_it_is_written(
    http: httpx.Client, path: str, served: ServedApp
) -> None:
    assert http.post(path, files={"files": ("a.wav", b"x")}).status_code == 404
    assert http.get(path).status_code == 404
    assert not list((served.data / "uploads").iterdir())


def test_a_body_over_the_limit_is_refused_wherever_it_is_sent(
    http: httpx.Client, operations: list[tuple[str, str]]
) -> None:
    large = b'{"a":"' + b"x" * Limits().body_bytes + b'"}'
    changing = [
        (m, p) for m, p in operations if m in ("post", "put", "delete") and (m.upper(), p) not in LARGE
    ]
    assert len(changing) > 40
    for method, path in changing:
        address = re.sub(r"\{[^}]+\}", "0" * 32, path)
        answer = http.request(method, address, content=large, headers={"Content-Type": "application/json"})
        assert answer.status_code in ((404, 413) if path.startswith("/gradio") else (413,)), path
        assert set(answer.json()) == {"error"}, path
    # Of unstated length.
    pieces = iter([large[:65536]] * 40)
    answer = http.post("/v1/demo/comparisons", content=pieces, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()) == (413, {"error": "The request is too large."})


def test_a_recording_may_be_larger(http: httpx.Client) -> None:
    answer = http.post("/v1/demo/recordings", content=b"text " * Limits().body_bytes)
    assert answer.status_code == 422
    assert "text" in answer.json()["error"]


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":' * 100_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b"[" * 500_000,
        b"[" + b"[]," * 300_000 + b"[]]",
        b'{"recording":' + b"9" * 100_000 + b"}",
        b'{"seed":1e999}',
        b'{"question":"\\ud800"}',
        b"\xff\xfe",
        b"",
        b"null",
    ],
    ids=lambda body: repr(body[:12]),
)
def test_deep_and_odd_json_is_a_sentence(
    http: httpx.Client, operations: list[tuple[str, str]], body: bytes
) -> None:
    for path in ("/v1/demo/comparisons", "/gradio_api/queue/join", "/v1/human/sign-in", "/v1/human/join"):
        headers = {"Content-Type": "application/json", "X-CSRF-Token": "none"}
        answer = http.post(path, content=body, headers=headers)
        assert answer.status_code in (400, 422), path
        assert set(answer.json()) == {"error"}
        assert len(answer.text) < 500


ODD_EVENTS: list[dict[str, Any]] = [
    *({key: value} for key in JOIN for value in (None, -1, 10**30, "x" * 100, [], {}, [[1]], True, 1.5)),
    {"data": [1]},
    {"fn_index": 999},
    {"event_data": {"comparison": "x" * 1000}},
    {"event_data": {"comparison": {"deep": []}}},
    {"session_hash": "../../x"},
    {"batched": True},
    {"oauth_token": "x"},
]


def test_odd_events_end_in_a_sentence_and_not_in_the_log(http: httpx.Client, served: ServedApp) -> None:
    for odd in ODD_EVENTS:
        answer = http.post("/gradio_api/queue/join", json=JOIN | odd)
        assert answer.status_code in (200, 404, 422), odd
        if answer.status_code != 200:
            assert set(answer.json()) == {"error"}, odd
    for link in ("x", "a" * 3000, "%00", "../../etc", "x&deep_link=y", "%F0%9F%98%80"):
        for path in ("/", "/demo", "/annotate"):
            assert http.get(f"{path}?deep_link={link}").status_code == 200
    assert http.get("/?deep%5Flink=x").status_code == 200
    for session in ("", "../x", "x" * 1000, "%00"):
        assert http.get("/gradio_api/queue/data", params={"session_hash": session}).status_code == 422
    assert "Traceback" not in served.log.read_text()


def test_head_is_answered_as_get_without_the_body(http: httpx.Client) -> None:
    page = http.get("/").text
    style = next(iter(re.findall(r'href="\./(web/[^"]+)"', page)))
    recording = http.post("/v1/demo/examples/asr-calls").json()["id"]
    audio = f"/v1/demo/recordings/{recording}/audio.opus"
    paths = [
        "/",
        "/annotate",
        "/verify",
        "/demo",
        "/healthz",
        f"/{style}",
        "/v1/leaderboard",
        "/v1/tables/2",
        audio,
    ]
    for path in (*paths, "/v1/human/session", "/openapi.json", "/v1/runs", "/nothing", "/v1/tables/99"):
        got, head = http.get(path), http.head(path)
        assert head.status_code == got.status_code, path
        assert head.content == b""
        assert head.headers.get("content-type") == got.headers.get("content-type"), path
        if path != "/":  # Gradio makes a page anew for each
            assert head.headers.get("content-length") == got.headers.get("content-length"), path
    part = http.head(audio, headers={"Range": "bytes=0-9"})
    assert (part.status_code, part.headers["content-length"]) == (206, "10")


@pytest.mark.parametrize(
    "origin", ["http://localhost:8888", "http://127.0.0.1:1", "null", "https://evil.example"]
)
def test_pages_of_other_sites_read_nothing(http: httpx.Client, served: ServedApp, origin: str) -> None:
    local = served.url.replace("127.0.0.1", "localhost")
    preflight = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "x-csrf-token"}
    for url in (served.url, local):
        for path in (
            "/v1/human/session",
            "/v1/human/admin/studies",
            "/v1/demo/examples",
            "/v1/nothing",
            "/docs/api",
            "/healthz",
            "/openapi.json",
            "/",
            "/gradio_api/queue/data",
        ):
            for headers in ({}, preflight):
                method = "OPTIONS" if headers else "GET"
                answer = http.request(method, url + path, headers={"Origin": origin} | headers)
                assert not [name for name in answer.headers if name.startswith("access-control-")], path


def test_every_number_from_outside_has_bounds(http: httpx.Client, served: ServedApp) -> None:
    schema = served.get("/openapi.json").json()
    paths = {path: methods for path, methods in schema["paths"].items() if path.startswith("/v1/")}
    declared = [(path, found) for path, methods in paths.items() for _, found in _parameters(methods)]
    parts = [(path, parameter["name"], parameter["schema"]) for path, parameter in declared]
    for name in _bodies(schema, paths):
        fields = schema["components"]["schemas"][name].get("properties", {})
        parts += [(name, field, part) for field, part in fields.items()]
    numbers = [(where, name, number) for where, name, part in parts for number in _numbers(part)]
    assert len(numbers) > 20
    for where, name, number in numbers:
        assert {"minimum", "exclusiveMinimum"} & number.keys(), (where, name)
        assert {"maximum", "exclusiveMaximum"} & number.keys(), (where, name)


def _parameters(path: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (method, parameter)
        for method, operation in path.items()
        for parameter in operation.get("parameters", [])
    ]


def _bodies(schema: dict[str, Any], paths: dict[str, Any]) -> set[str]:
    """Names of all models that a request may hold, those within others too."""
    operations = [operation for path in paths.values() for operation in path.values()]
    sent = [operation["requestBody"] for operation in operations if "requestBody" in operation]
    found, new = set(), set(re.findall(r"#/components/schemas/([^\"]+)", json.dumps(sent)))
    while new:
        found |= new
        text = json.dumps([schema["components"]["schemas"][name] for name in new])
        new = set(re.findall(r"#/components/schemas/([^\"]+)", text)) - found
    return found


def _numbers(schema: dict[str, Any]) -> list[dict[str, Any]]:
    if schema.get("type") in ("integer", "number"):
        return [schema]
    inner = [*schema.get("anyOf", []), *schema.get("allOf", []), *schema.get("prefixItems", [])]
    inner += [schema[key] for key in ("items", "additionalProperties") if isinstance(schema.get(key), dict)]
    return [number for part in inner for number in _numbers(part)]


HUGE = (
    "1e308",
    "1e305",
    "-1e308",
    "1e999",
    "nan",
    "inf",
    "-inf",
    "9" * 400,
    "-1",
    "1e-320",
    "",
    "x",
    "0x10",
    "٣",
)


def test_huge_numbers_are_no_fault_of_the_program(http: httpx.Client, served: ServedApp) -> None:
    recording = http.post("/v1/demo/examples/asr-calls").json()["id"]
    schema = served.get("/openapi.json").json()["paths"]
    count = 0
    for path, methods in schema.items():
        for method, parameter in _parameters(methods) if path.startswith("/v1/") else []:
            if not _numbers(parameter["schema"]):
                continue
            for value in HUGE:
                query = {other["name"]: 1 for _, other in _parameters(methods) if other["in"] == "query"}
                query |= {parameter["name"]: value} if parameter["in"] == "query" else {}
                filled = path.replace("{identifier}", recording).replace("{drawing}", "outline")
                filled = filled.replace(f"{{{parameter['name']}}}", value or "x")
                answer = http.request(method, re.sub(r"\{[^}]+\}", "0" * 32, filled), params=query)
                assert answer.status_code < 500, (method, filled, value)
                count += 1
    assert count > 50
