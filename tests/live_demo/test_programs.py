"""Programs: gradio_client and plain HTTP against the served app, with the limits of the page."""

import ast
import asyncio
import json
from collections.abc import Iterator
from importlib.metadata import requires
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client

from tests.live_demo.conftest import tone_file
from tests.serving import PATIENCE_S, ServedApp, serving

QUESTION: dict[str, Any] = {"task": "MC", "options": ["Jazz", "Rock"], "max_new_tokens": 3, "model": "small"}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedApp]:
    with serving(tmp_path_factory.mktemp("programs")) as served:
        yield served


@pytest.fixture(scope="module")
def client(app: ServedApp) -> Client:
    return Client(app.url, verbose=False, httpx_kwargs={"timeout": PATIENCE_S})


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("files") / "my tone.wav"
    path.write_bytes(tone_file(3.0))
    return path


@pytest.fixture(scope="module")
def outputs(client: Client, file: Path) -> list[dict[str, Any]]:
    """Everything that a comparison of an uploaded file streams."""
    job = client.submit(
        recording=handle_file(file),
        configurations=["frame@0.6", "snapkv@0.5"],
        **QUESTION,
        api_name="/compare",
    )
    return list(job)


def test_a_file_is_sent_and_rows_are_streamed(outputs: list[dict[str, Any]]) -> None:
    names = ["vanilla", "frame@0.6", "snapkv@0.5"]
    seen = [[row["configuration"] for row in output["rows"]] for output in outputs]
    assert seen[-1] == names
    assert all(rows == names[: len(rows)] for rows in seen)
    assert outputs[-1]["state"] == "done"
    assert outputs[-1]["rows"][0]["answer"] in ("A", "B")


def test_the_one_endpoint_says_what_it_takes(client: Client) -> None:
    endpoints = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
    assert list(endpoints) == ["/compare"]
    names = [one["parameter_name"] for one in endpoints["/compare"]["parameters"]]
    assert names[:2] == ["recording", "configurations"]


def test_what_a_program_made_it_can_read_and_delete(app: ServedApp, outputs: list[dict[str, Any]]) -> None:
    made = outputs[-1]
    address = f"{app.url}/v1/demo/comparisons/{made['comparison']}"
    assert httpx.get(address, timeout=PATIENCE_S).json()["rows"] == made["rows"]
    assert httpx.delete(address, timeout=PATIENCE_S).status_code == 403
    cookies = {"amarathon_visitor": made["key"]}
    assert httpx.delete(address, cookies=cookies, timeout=PATIENCE_S).status_code == 204
    assert httpx.get(address, timeout=PATIENCE_S).status_code == 404


def test_an_example_is_compared_by_its_name_over_plain_http(app: ServedApp) -> None:
    call = f"{app.url}/gradio_api/call/compare"
    arguments = ["asr-calls", [], "ASR", "", [], 4, 0, 1, "small"]
    event = httpx.post(call, json={"data": arguments}, timeout=PATIENCE_S).json()["event_id"]
    with httpx.stream("GET", f"{call}/{event}", timeout=PATIENCE_S) as answer:
        lines = [line for line in answer.iter_lines() if line.startswith("data: [")]
    assert json.loads(lines[-1].removeprefix("data: "))[0]["state"] == "done"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"configurations": ["frame"]}, "not of the form method@amount"),
        ({"recording": "0" * 32}, "no longer kept"),
        ({"recording": "/etc/passwd"}, "no longer kept"),
        ({"repeats": 99}, "repeats"),
    ],
)
def test_what_is_wrong_is_one_sentence(client: Client, fields: dict[str, Any], sentence: str) -> None:
    given = {"recording": "asr-calls", "configurations": [], **QUESTION, **fields}
    with pytest.raises(AppError, match=sentence):
        client.predict(**given, api_name="/compare")


@pytest.mark.parametrize(
    "argument",
    [
        {"path": "http://127.0.0.1:1/x", "meta": {"_type": "gradio.FileData"}},
        {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}},
        [{"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}],
        {"url": "http://127.0.0.1:1/x"},
    ],
)
def test_no_path_and_no_address_reaches_gradio(app: ServedApp, argument: Any) -> None:
    answer = httpx.post(
        f"{app.url}/gradio_api/call/compare", json={"data": [argument, []]}, timeout=PATIENCE_S
    )
    assert answer.status_code == 422
    assert "error" in answer.json()


def test_the_rest_of_gradios_api_stays_shut(app: ServedApp) -> None:
    for path in (
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/api/compare",
        "/gradio_api/call/v2/compare",
        "/monitoring",
    ):
        assert app.get(path).status_code == 404, path
    assert httpx.post(f"{app.url}/gradio_api/upload", content=b"x", timeout=PATIENCE_S).status_code == 422
    page = {"data": ["x"], "fn_index": 0, "session_hash": "a"}
    assert httpx.post(f"{app.url}/gradio_api/queue/join", json=page, timeout=PATIENCE_S).status_code == 404


def test_nothing_is_left_of_what_was_sent(app: ServedApp, outputs: list[dict[str, Any]]) -> None:
    assert outputs
    assert not list((app.data / "demo" / "recordings").glob("incoming-*"))
    assert not [path for path in app.data.rglob("*.wav") if path.is_file()]


def test_the_protocol_for_agents_is_no_requirement() -> None:
    needed = [line for line in requires("amarathon") or [] if "extra ==" not in line]
    assert needed
    assert not [line for line in needed if line.startswith("mcp") or "[mcp]" in line]


async def called_by_an_agent(address: str, *arguments: dict[str, Any]) -> list[Any]:
    """The tools of the app as a client of the protocol lists them, and what the first answers."""
    async with (
        httpx.AsyncClient(timeout=PATIENCE_S) as http,
        streamable_http_client(address, http_client=http) as (read, write, _),
        ClientSession(read, write) as session,
    ):
        await session.initialize()
        tools = (await session.list_tools()).tools
        return [tools, *[await session.call_tool(tools[0].name, one) for one in arguments]]


def test_an_agent_finds_the_tool_and_compares_an_example(app: ServedApp) -> None:
    known = {"recording": "asr-calls", "configurations": ["frame@0.6"], "task": "ASR", "max_new_tokens": 4}
    (tool,), answer, refusal = asyncio.run(
        called_by_an_agent(
            f"{app.url}/gradio_api/mcp/", known | {"model": "small"}, known | {"recording": "nothing"}
        )
    )
    assert tool.name == "compare"
    assert {"recording", "configurations", "task"} <= set(tool.inputSchema["properties"])
    assert "compression methods" in tool.description
    found = ast.literal_eval(answer.content[0].text)
    assert not answer.isError
    assert found["state"] == "done"
    assert [row["configuration"] for row in found["rows"]] == ["vanilla", "frame@0.6"]
    assert refusal.isError
    assert "no longer kept here" in refusal.content[0].text
