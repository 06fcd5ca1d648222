"""Routes of a closed study's results, and of the files they can be downloaded as."""

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from fastapi import Response
from sqlalchemy.orm import Session

from amarathon.assets import BUNDLED_RUNS
from human_eval.api.dependencies import Administering, Administrator, ServiceDep, new_router
from human_eval.api.requests import Id
from human_eval.api.schemas.results import Published, ResultsView
from human_eval.errors import ConflictError
from human_eval.results.collecting import Submitted, collect
from human_eval.results.export import answers_csv, export_dataset, export_human_run
from human_eval.results.remarks import remarks
from human_eval.results.report import study_facts, study_results
from human_eval.storage import audit
from human_eval.storage.schema import Study
from human_eval.studies import study as studies
from web.routes import NO_STORE

routes = new_router()
FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A file: the answers for a spreadsheet, or a dataset folder as a ZIP.",
        "content": {
            "text/csv": {"example": '"sample_id","task","annotator"\n"mini-mc-test-00002","MC","a1b2"\n'},
            "application/zip": {},
        },
    }
}


@routes.get("/admin/studies/{study}/results")
def results(study: Id, service: ServiceDep, caller: Administrator) -> ResultsView:
    """Scores, agreement, models on the same questions, what annotators wrote; once the study is closed."""
    with service.database.reading() as session:
        found = study_results(session, _closed(session, study), BUNDLED_RUNS, service.settings.runs)
    return ResultsView(**vars(found))


@routes.get("/admin/studies/{study}/results/export", response_class=Response, responses=FILES)
def export(
    study: Id, service: ServiceDep, caller: Administrator, form: Literal["csv", "dataset"] = "csv"
) -> Response:
    """The answers as a table, with comments, or as a folder that can be published."""
    with service.database.reading() as session:
        found = _closed(session, study)
        submitted = collect(session, found.id)
        name = f"study-{found.id[:8]}"
        if form == "csv":
            return _file(answers_csv(submitted), "text/csv", f"{name}.csv")
        return _file(_zipped(session, found, submitted), "application/zip", f"{name}.zip")


@routes.post("/admin/studies/{study}/results/publish")
def publish(study: Id, service: ServiceDep, caller: Administering) -> Published:
    """Write the run that the leaderboard shows; each publication is a run of its own."""
    with service.database.writing() as session:
        found = _closed(session, study)
        submitted = collect(session, found.id)
        folder = f"people-{found.id[:8]}-{datetime.now(UTC):%Y%m%d-%H%M%S}"
        audit.record(session, caller.account.id, "publish results", found.id, folder)
        facts = study_facts(session, found, submitted)
    export_human_run(service.settings.runs / folder, facts, submitted)
    return Published(run=folder)


def _closed(session: Session, study: str) -> Study:
    found = studies.find(session, study)
    if found.state != "closed":
        raise ConflictError("Results are there once the study is closed.")
    return found


def _zipped(session: Session, study: Study, submitted: list[Submitted]) -> bytes:
    content = io.BytesIO()
    with TemporaryDirectory() as work:
        folder = Path(work) / "dataset"
        facts = study_facts(session, study, submitted)
        export_dataset(folder, facts, submitted, remarks(session, study.id))
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(folder.iterdir()):
                archive.write(path, path.name)
    return content.getvalue()


def _file(content: str | bytes, media_type: str, name: str) -> Response:
    headers = NO_STORE | {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)
