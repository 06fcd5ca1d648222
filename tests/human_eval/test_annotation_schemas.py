"""What ``/openapi.json`` says about the annotator's routes, against the routes themselves."""

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic import BaseModel

from human_eval.api import annotation, participation, sign_in
from human_eval.api.routes import routes_of
from human_eval.api.schemas import annotation as item_views
from human_eval.api.schemas import base, listening
from human_eval.api.schemas import participation as study_views
from human_eval.api.schemas import sign_in as session_views
from human_eval.assets import PREFIX
from tests.human_eval.material import open_study, played

MODULES = (sign_in, annotation, participation)
MODELS = [
    model
    for module in (base, listening, session_views, study_views, item_views)
    for model in vars(module).values()
    if isinstance(model, type) and issubclass(model, BaseModel) and model.__module__ == module.__name__
    if model is not base.View
]
OWN = [
    (PREFIX + route.path, method)
    for module in MODULES
    for route in module.routes.routes
    for method in route.methods
]


@pytest.fixture
def described(service):
    app = FastAPI()
    app.include_router(routes_of(service))
    return app.openapi()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_each_example_is_one(model):
    examples = model.model_config["json_schema_extra"]["examples"]
    for example in examples:
        assert model.model_validate(example).model_dump(mode="json", exclude_unset=True) == example


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_each_route_says_what_it_answers_and_refuses(described):
    for path, method in OWN:
        operation = described["paths"][path][method.lower()]
        content = operation["responses"]["200"]["content"]
        assert operation["summary"], path
        assert operation["description"], path
        for kind, body in content.items():
            if kind == "application/json":
                schema = described["components"]["schemas"][body["schema"]["$ref"].rpartition("/")[2]]
                assert schema["examples"], path
            else:
                assert kind.startswith("audio/"), path
        for status in ("401", "404", "409", "422"):
            assert operation["responses"][status]["content"]["application/json"]["schema"] == {
                "$ref": "#/components/schemas/Problem"
            }


def test_routes_are_plain_functions():
    for module in MODULES:
        for route in module.routes.routes:
            assert isinstance(route, APIRoute)
            assert getattr(module, route.endpoint.__name__) is route.endpoint


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_what_is_answered_has_these_fields_and_no_others(service, someone, dataset, clock):
    """Practice of both kinds, a question, and the steps between, each as its model has it."""
    study = open_study(service.database, dataset, samples=["q1"], practice=["q2", "q6"])
    ann = someone().join(study, "ann")

    def same(model, answer):
        assert model.model_validate(answer).model_dump(mode="json", exclude_unset=True) == answer

    same(session_views.SessionView, ann.get("/session"))
    for _ in range(3):
        found = ann.post(f"/studies/{study}/next")
        same(study_views.NextItem, found)
        item = found["item"]
        clock.pass_by(2)
        ann.page_s += 2
        credited = ann.report(item["id"], played(0, 2, ann.page_s - 2))
        same(item_views.ListeningCredited, credited)
        answer = {"choice": 0} if item["options"] else {"transcript": "the reference number"}
        same(item_views.AnswerSaved, ann.answer(item["id"], **answer))
    same(study_views.OwnItems, ann.get(f"/studies/{study}/items"))
    same(study_views.StudyView, ann.post(f"/studies/{study}/submit"))


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("transcript", "correct", "kinds"),
    [
        ("The reference number 6.", True, ["equal"]),
        ("the reference number six", True, ["equal"]),
        ("the reverence number 6", False, ["equal", "substitute", "equal"]),
        ("the number 6", False, ["equal", "delete", "equal"]),
        ("the very reference number 6", False, ["equal", "insert", "equal"]),
        ("", False, ["delete"]),
    ],
)
def test_a_practised_transcript_is_compared_word_by_word(
    service, someone, dataset, clock, transcript, correct, kinds
):
    study = open_study(service.database, dataset, samples=["q1"], practice=["q6"], must_listen=0.0)
    ann = someone().join(study, "ann")
    feedback = ann.answer(ann.next(study)["id"], transcript=transcript)["feedback"]
    assert (feedback["correct"], feedback["reference"]) == (correct, "the reference number 6")
    assert [words["kind"] for words in feedback["difference"]] == kinds
