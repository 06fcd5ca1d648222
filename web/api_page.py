"""``/docs/api``: the JSON API for readers, made from the OpenAPI schema; it needs no other server."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader

from web.document import plain_head, to_root
from web.previews import root_of
from web.routes import PublicRoute

PATH = "/docs/api"
REFERENCE = "#/components/schemas/"
# A section of a numpydoc docstring, and what it says of one or more names.
ATTRIBUTES = re.compile(r"Attributes\n-+\n(.*)", re.DOTALL)
ATTRIBUTE = re.compile(r"^(\w[\w, ]*?) ?:[^\n]*\n((?:[ \t]+[^\n]*\n?)*)", re.MULTILINE)


@dataclass(frozen=True)
class Operation:
    """A route as the page shows it.

    Attributes
    ----------
    example : str or None
        Path of a request that gives an answer; `None` where one needs more than an address.
    """

    method: str
    path: str
    anchor: str
    text: str
    public: bool
    parameters: list[dict[str, str]]
    answers: list[dict[str, str]]
    example: str | None


def router(routers: Sequence[APIRouter], root: str) -> APIRouter:
    """The page about the routes of `routers`.

    Parameters
    ----------
    routers : sequence of APIRouter
    root : str
        The public address or path that a proxy serves the app under.
    """
    page = APIRouter()

    @cache
    def parts() -> dict[str, Any]:
        routes = [route for each in routers for route in each.routes]
        schema = FastAPI(routes=routes).openapi()
        public = {route.path for route in routes if isinstance(route, PublicRoute)}
        groups: dict[str, list[Operation]] = {}
        for path, methods in schema["paths"].items():
            for method, operation in methods.items():
                found = _operation(method.upper(), path, operation, public=path in public)
                groups.setdefault(operation["tags"][0], []).append(found)
        return {"groups": groups, "schemas": _schemas(schema["components"]["schemas"])}

    @page.get(PATH, include_in_schema=False)
    def api(request: Request) -> HTMLResponse:
        to = to_root(PATH)
        base = root_of(request.scope, root)
        return HTMLResponse(
            _templates()
            .get_template("api_page.html")
            .render(base=base, to=to, head=plain_head(to), **parts())
        )

    return page


@cache
def _templates() -> Environment:
    return Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True)


def _operation(method: str, path: str, operation: Mapping[str, Any], *, public: bool) -> Operation:
    parameters = operation.get("parameters", [])
    examples = {each["name"]: (each["schema"].get("examples") or [None])[0] for each in parameters}
    needed = re.findall(r"\{(\w+)\}", path)
    complete = method == "GET" and public and all(examples.get(name) is not None for name in needed)
    return Operation(
        method=method,
        path=path,
        anchor=re.sub(r"\W+", "-", f"{method}{path}").strip("-").lower(),
        text=operation.get("description", operation.get("summary", "")),
        public=public,
        parameters=[_parameter(each) for each in parameters],
        answers=[
            {"status": status, "what": answer["description"], "schema": _answered(answer)}
            for status, answer in operation["responses"].items()
            if status != "422"
        ],
        example=path.format(**{name: examples[name] for name in needed}) if complete else None,
    )


def _parameter(parameter: Mapping[str, Any]) -> dict[str, str]:
    schema = parameter["schema"]
    bounds = [f"from {schema['minimum']}"] if "minimum" in schema else []
    bounds += [f"to {schema['maximum']}"] if "maximum" in schema else []
    bounds += [f"{json.dumps(schema['default'])} by default"] if "default" in schema else []
    return {
        "name": parameter["name"],
        "place": parameter["in"],
        "type": " ".join([_type(schema), *bounds]),
        "text": parameter.get("description", ""),
    }


def _answered(answer: Mapping[str, Any]) -> str:
    schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
    return str(schema.get("$ref", "")).removeprefix(REFERENCE)


def _schemas(schemas: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    return {name: _schema(schema) for name, schema in sorted(schemas.items())}


def _schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    text = schema.get("description", "")
    section = ATTRIBUTES.search(text)
    told: dict[str, str] = {}
    for names, said in ATTRIBUTE.findall(section[1]) if section else ():
        told |= dict.fromkeys(names.split(", "), " ".join(said.split()))
    fields = [
        {"name": name, "type": _type(field), "text": field.get("description", told.get(name, ""))}
        for name, field in schema.get("properties", {}).items()
    ]
    return {"text": ATTRIBUTES.sub("", text).strip(), "fields": fields}


def _type(schema: Mapping[str, Any]) -> str:
    """A type in words: ``list of Cell``, ``number or null``."""
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(REFERENCE)
    if "anyOf" in schema:
        return " or ".join(map(_type, schema["anyOf"]))
    if "enum" in schema or "const" in schema:
        return " or ".join(json.dumps(value) for value in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        inner = schema.get("items") or {"anyOf": schema.get("prefixItems", [{}])}
        return f"list of {_type(inner)}"
    if schema.get("type") == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"object of {_type(schema['additionalProperties'])}"
    return str(schema.get("type", "any"))
