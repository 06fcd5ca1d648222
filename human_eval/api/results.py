"""Routes of a closed study's results, and of the files they can be taken away as."""

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session
from starlette.responses import Response

from amarathon.assets import BUNDLED_RUNS
from human_eval.api.requests import NEVER, Access, Caller, Id
from human_eval.errors import ConflictError
from human_eval.results.collecting import Submitted, collect
from human_eval.results.export import answers_table, export_dataset, export_human_run
from human_eval.results.report import runs_on, study_facts, study_results
from human_eval.service import Desk
from human_eval.storage import audit
from human_eval.storage.schema import Study
from human_eval.studies import study as studies


def add_routes(routes: APIRouter, desk: Desk, access: Access) -> None:
    """Add the routes of results."""

    @routes.get("/admin/studies/{study}/results")
    def results(study: Id, caller: Annotated[Caller, Depends(access.administrator)]) -> dict[str, Any]:
        with desk.database.reading() as session:
            found = _closed(session, study)
            models = runs_on(found.dataset_sha256, BUNDLED_RUNS, desk.settings.runs)
            return study_results(session, found, models)

    @routes.get("/admin/studies/{study}/results/export")
    def export(
        study: Id,
        caller: Annotated[Caller, Depends(access.administrator)],
        form: Literal["csv", "dataset"] = "csv",
    ) -> Response:
        with desk.database.reading() as session:
            found = _closed(session, study)
            submitted = collect(session, found.id)
            name = f"study-{found.id[:8]}"
            if form == "csv":
                return _file(answers_table(submitted).to_csv(index=False), "text/csv", f"{name}.csv")
            return _file(_zipped(session, found, submitted), "application/zip", f"{name}.zip")

    @routes.post("/admin/studies/{study}/results/publish")
    def publish(study: Id, caller: Annotated[Caller, Depends(access.administering)]) -> dict[str, Any]:
        """Write the run that the leaderboard shows; each publication is a run of its own."""
        with desk.database.writing() as session:
            found = _closed(session, study)
            submitted = collect(session, found.id)
            folder = f"people-{found.id[:8]}-{datetime.now(UTC):%Y%m%d-%H%M%S}"
            audit.record(session, caller.account.id, "publish results", found.id, folder)
            facts = study_facts(session, found, submitted)
        export_human_run(desk.settings.runs / folder, facts, submitted)
        return {"run": folder}


def _closed(session: Session, study: str) -> Study:
    found = studies.find(session, study)
    if found.state != "closed":
        raise ConflictError("Results are there once the study is closed.")
    return found


def _zipped(session: Session, study: Study, submitted: list[Submitted]) -> bytes:
    content = io.BytesIO()
    with TemporaryDirectory() as work:
        folder = Path(work) / "dataset"
        export_dataset(folder, study_facts(session, study, submitted), submitted)
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(folder.iterdir()):
                archive.write(path, path.name)
    return content.getvalue()


def _file(content: str | bytes, media_type: str, name: str) -> Response:
    headers = NEVER | {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)
