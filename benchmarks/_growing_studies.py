"""Studies with any number of annotators, who answer over the routes in this process."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.testclient import TestClient

from amarathon.audio import AudioLimits
from amarathon.settings import Settings
from human_eval.api.routes import routes_of
from human_eval.results.report import study_results
from human_eval.service import Service
from human_eval.storage.database import database_url, open_database
from human_eval.storage.schema import Study
from human_eval.studies.spec import StudySpec
from human_eval.studies.study import change_state, create, plan
from web.audio_copies import AudioCopies

PREFIX = "/v1/human"
# Questions that each annotator answers.
EACH = 5


class GrowingStudy:
    """A study of the bundled recordings, in SQLite, that annotators join one after the other.

    Parameters
    ----------
    folder : Path
    people : int
        As many as may answer one question.
    """

    def __init__(self, folder: Path, people: int):
        settings = Settings(data=folder, database_url=None)
        self._database = open_database(database_url(settings))
        spec = StudySpec(
            name="Growing", overlap=people, must_listen=0, consent="", sound_check=False, joining=["prolific"]
        )
        with self._database.writing() as session:
            study = create(session, plan(spec), "benchmark")
            change_state(session, study, "open", "benchmark")
            self._study = study.id
        self._app = FastAPI()
        copies = AudioCopies(folder / "audio", AudioLimits())
        self._app.include_router(routes_of(Service(settings, self._database, copies)))

    def annotate(self, first: int, last: int) -> None:
        """Let annotators of these numbers join and answer `EACH` questions."""
        for number in range(first, last):
            with TestClient(self._app) as client:
                self._annotate(client, number)

    def results(self) -> None:
        """Work out what the study found."""
        with self._database.reading() as session:
            study_results(session, session.get_one(Study, self._study))

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def _annotate(self, client: TestClient, number: int) -> None:
        names = {key: f"{number:020x}{place:04x}" for place, key in enumerate(("participant", "session"))}
        prolific = names | {"study": "5" * 24}
        client.headers["X-CSRF-Token"] = "none"
        joined = client.post(f"{PREFIX}/join", json={"study": self._study, "prolific": prolific})
        client.headers["X-CSRF-Token"] = joined.raise_for_status().json()["session"]["csrf"]
        for turn in range(EACH):
            found = client.post(f"{PREFIX}/studies/{self._study}/next", json={})
            item = found.raise_for_status().json()["item"]
            said = (
                {"choice": turn % len(item["options"])} if item["options"] else {"transcript": "some words"}
            )
            body = {"client_id": f"client-{number:06}-{turn:06}"} | said
            client.put(f"{PREFIX}/items/{item['id']}/answer", json=body).raise_for_status()
