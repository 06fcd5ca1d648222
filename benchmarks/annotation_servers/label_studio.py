"""Label Studio's community edition, in SQLite, installed in an environment of its own."""

import re
from pathlib import Path
from typing import Any

from amarathon.datasets import load_dataset
from amarathon.tasks.sample import Sample
from benchmarks.annotation_servers.program import Person, Program

PROGRAM = Path(".venv-label-studio/bin/label-studio")
# One screen for questions and transcripts; options are each question's own.
SCREEN = """<View>
  <Audio name="audio" value="$audio"/>
  <Header value="$question"/>
  <Choices name="choice" toName="audio" value="$options" choice="single"/>
  <TextArea name="transcript" toName="audio"/>
</View>"""
PASSWORD = "correct horse battery staple"


class LabelStudio(Program):
    """`label-studio start` with every default but what would have it ask other servers."""

    health = "/health"

    def __init__(self, folder: Path, port: int):
        super().__init__(folder, port)
        place = ("--data-dir", str(folder), "--port", str(port), "--internal-host", "127.0.0.1")
        self.command = (str(PROGRAM), "start", "--no-browser", *place)

    @property
    def variables(self) -> dict[str, str]:
        quiet = {"LATEST_VERSION_CHECK": "false", "COLLECT_ANALYTICS": "false"}
        quiet |= {"SENTRY_DSN": "", "FRONTEND_SENTRY_DSN": ""}
        return quiet | {"DJANGO_DB": "sqlite"}

    async def prepare(self, people: int) -> list[Person]:
        """The first who signs up owns the organization; who comes later belongs to it."""
        owner = Annotator(self.url, 0)
        await owner.sign_up(0)
        made = {"title": "Side by side", "label_config": SCREEN, "maximum_annotations": people}
        project = (await owner.ask("POST", "/api/projects", json=made))["id"]
        tasks = [_task(sample) for sample in load_dataset("bundled").samples]
        await owner.ask("POST", f"/api/projects/{project}/import", json=tasks)
        workers = [Annotator(self.url, project) for _ in range(people)]
        for number, each in enumerate(workers, start=1):
            await each.sign_up(number)
        return list(workers)


class Annotator(Person):
    """Somebody with an account, signed in by the form."""

    def __init__(self, url: str, project: int):
        super().__init__(url)
        self._project = project

    async def sign_up(self, number: int) -> None:
        """Fill in the form of a new account; the answer signs one in."""
        form = await self.client.get("/user/signup")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form.text)
        if token is None:
            raise RuntimeError(f"No form to sign up: {form.status_code} {form.text[:300]}")
        content = {"csrfmiddlewaretoken": token[1], "email": f"{number}@example.org", "password": PASSWORD}
        await self.client.post("/user/signup/", data=content)
        await self.ask("GET", "/api/current-user/whoami")
        self.client.headers["X-CSRFToken"] = self.client.cookies["csrftoken"]

    async def next(self) -> Any:
        return await self.ask("GET", f"/api/projects/{self._project}/next")

    async def work(self, question: Any) -> None:
        """Nothing: it is not told what was played."""

    async def save(self, question: Any) -> None:
        options = question["data"]["options"]
        kind, value = ("choices", [options[0]["value"]]) if options else ("textarea", ["words"])
        name = {"choices": "choice", "textarea": "transcript"}[kind]
        region = {"from_name": name, "to_name": "audio", "type": kind, "value": _value(kind, value)}
        content = {"result": [region], "lead_time": 1.0}
        await self.ask("POST", f"/api/tasks/{question['id']}/annotations", json=content)


def _value(kind: str, value: list[str]) -> dict[str, list[str]]:
    return {"text" if kind == "textarea" else kind: value}


def _task(sample: Sample) -> dict[str, Any]:
    # The recording is named and not fetched, of either server.
    return {
        "audio": f"/data/local-files/?d={sample.id}.flac",
        "question": sample.question,
        "options": [{"value": option.text} for option in sample.options],
    }
