"""What the API says of itself and what it does: ``/openapi.json``, the pages' scripts, the documents."""

import re
from pathlib import Path
from typing import Any, get_args

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic import BaseModel

from human_eval.api import accounts, huggingface, invites, results, routes, studies, verification
from human_eval.api.schemas import accounts as account_views
from human_eval.api.schemas import base
from human_eval.api.schemas import results as result_views
from human_eval.api.schemas import studies as study_views
from human_eval.api.schemas import verification as verification_views
from human_eval.assets import PREFIX
from human_eval.storage.audit import Action

ROOT = Path(__file__).parents[2]
MODULES = (accounts, huggingface, invites, results, studies, verification)
OWN = [
    (module, route, method)
    for module in MODULES
    for route in module.routes.routes
    for method in sorted(route.methods)
]
VIEWS = [
    view
    for module in (base, account_views, result_views, study_views, verification_views)
    for view in vars(module).values()
    if isinstance(view, type)
    and view.__module__ == module.__name__
    and issubclass(view, BaseModel)
    and "examples" in (view.model_config.get("json_schema_extra") or {})
]


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    """The document, without a database behind it."""
    app = FastAPI()
    for module in routes.ROUTERS:
        app.include_router(module.routes, prefix=PREFIX, responses=routes.REFUSALS)
    return app.openapi()


def names(address: str) -> str:
    """An address whose parameters have no names."""
    return re.sub(r"\{[^}]*\}|\$\{[^}]*\}", "{}", address)


def anything(address: str) -> str:
    """A pattern of the addresses that one with parameters stands for."""
    return re.escape(address).replace(r"\{\}", "[^/]+")


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.__name__)
def test_each_example_is_what_the_schema_says(view: type[BaseModel]) -> None:
    extra: Any = view.model_config["json_schema_extra"]
    for example in extra["examples"]:
        found = view.model_validate(example).model_dump(mode="json", exclude_unset=True)
        assert found == example


@pytest.mark.parametrize(("module", "route", "method"), OWN, ids=lambda value: getattr(value, "path", ""))
def test_each_route_says_what_it_is_and_what_it_answers(
    module: Any, route: APIRoute, method: str, described: dict[str, Any]
) -> None:
    assert getattr(module, route.endpoint.__name__) is route.endpoint  # a plain function
    operation = described["paths"][PREFIX + route.path_format][method.lower()]
    assert operation["description"].endswith((".", ","))
    answers = {code: response for code, response in operation["responses"].items() if code < "400"}
    (code,) = answers
    if code.startswith("3"):
        return
    for kind, body in answers[code]["content"].items():
        if kind != "application/json" or "example" in body:
            continue
        schema = described["components"]["schemas"][body["schema"]["$ref"].rpartition("/")[2]]
        assert schema["examples"], route.path
    assert {"401", "403", "404", "409", "422"} <= set(operation["responses"])


def test_every_address_that_a_page_asks_for_is_a_route(described: dict[str, Any]) -> None:
    known_paths = {names(path.removeprefix(PREFIX)) for path in described["paths"]}
    known_paths |= {
        path.replace("{}", action) for path in known_paths for action in ("pause", "continue", "submit")
    }
    requested = set()
    for script in (ROOT / "human_eval" / "static").glob("*.js"):
        text = script.read_text(encoding="utf-8")
        for address in re.findall(r"[`\"'](/(?:admin|verification|studies|items|account)[^`\"'?#\s]*)", text):
            requested.add((script.name, names(address)))
    assert len(requested) > 15
    unknown = [
        (script, address)
        for script, address in requested
        if not any(
            re.fullmatch(anything(path), address) or re.fullmatch(anything(address), path)
            for path in known_paths
        )
    ]
    assert unknown == []


def test_every_address_in_the_documents_is_a_route(described: dict[str, Any]) -> None:
    known_paths = {names(path) for path in described["paths"]}
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), ROOT / "human_eval" / "api" / "__init__.py"]
    found = {
        names(address)
        for page in pages
        for address in re.findall(rf"{PREFIX}(?:/[\w{{}}.-]+)+", page.read_text(encoding="utf-8"))
    }
    assert {address for address in found if "/static" not in address} <= known_paths


def test_no_route_has_a_query_of_its_own() -> None:
    """What is asked of the database stands in the rooms beside the API."""
    for script in (ROOT / "human_eval" / "api").rglob("*.py"):
        text = script.read_text(encoding="utf-8")
        assert not re.search(r"^from sqlalchemy import|\bselect\(|session\.execute", text, re.M), script.name
    main = (ROOT / "human_eval" / "__main__.py").read_text(encoding="utf-8")
    assert "sqlalchemy" not in main


def test_every_action_of_the_log_is_declared() -> None:
    declared, used = set(get_args(Action)), set()
    for script in (ROOT / "human_eval").rglob("*.py"):
        text = script.read_text(encoding="utf-8")
        for call in re.findall(r"audit\.record\((.*?)\)\n", text, re.S):
            used |= set(re.findall(r'"([a-z][a-z ]+)"', call)[:1])
    assert used
    assert used - {"reviewers"} <= declared
