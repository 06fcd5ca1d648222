"""The comparison for programs: an endpoint of Gradio's API, with the limits of the JSON routes."""

import shutil
import threading
from collections.abc import AsyncGenerator, Iterator
from contextlib import suppress
from contextvars import copy_context
from dataclasses import asdict
from typing import Any

import gradio as gr
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from gradio.events import api
from starlette.concurrency import run_in_threadpool
from starlette.formparsers import MultiPartException, MultiPartParser

from amarathon.errors import AmarathonError
from live_demo.comparison import DemoComparison
from live_demo.errors import DemoError, GoneError
from live_demo.limits import MOST_WAITING
from live_demo.question import FREE, Ask
from live_demo.recordings import ID
from live_demo.results import ComparisonResults
from live_demo.service import DemoService
from live_demo.visitors import COOKIE, Visitor, visitor_of
from web.identifiers import new_id
from web.routes import NO_STORE, SentenceRoute

API_NAME = "compare"
# Where Gradio's clients send a file before they call anything: here it becomes a recording at once.
UPLOAD = "/gradio_api/upload"
EVERY_S = 0.5
ONE_FILE = "Send one file, as a form's field of the name files."


def upload_router(service: DemoService) -> APIRouter:
    """The route that takes a file from Gradio's clients."""
    routes = APIRouter(tags=["demo"], route_class=SentenceRoute)

    @routes.post(UPLOAD)
    async def upload(request: Request) -> Response:
        """Take an audio file as a Gradio client sends it; the answer names it for the call that follows."""
        visitor = visitor_of(request)
        if not request.headers.get("content-type", "").startswith("multipart/form-data"):
            raise DemoError(ONE_FILE)
        size = 0

        with service.quota.receiving(visitor) as count:

            async def counted() -> AsyncGenerator[bytes, None]:
                nonlocal size
                async for chunk in request.stream():
                    size += len(chunk)
                    service.recordings.check_size(size, "The file")
                    count(len(chunk))
                    yield chunk

            try:
                form = await MultiPartParser(request.headers, counted(), max_files=1, max_fields=1).parse()
            except MultiPartException as error:
                raise DemoError(ONE_FILE) from error
            files = [value for value in form.values() if not isinstance(value, str)]
            if not files:
                raise DemoError(ONE_FILE)
            path = service.recordings.incoming(files[0].filename or "recording")
            try:
                with path.open("wb") as target:
                    await run_in_threadpool(shutil.copyfileobj, files[0].file, target)
                recording = await run_in_threadpool(service.add, path, visitor)
            finally:
                service.recordings.discard(path)
                await form.close()
        return JSONResponse([f"{recording.record.id}-{visitor.key}"], headers=NO_STORE)

    return routes


def add_endpoint(service: DemoService) -> None:
    """Add the endpoint to the Blocks at work."""

    def compare(
        recording: str,
        configurations: list[str],
        task: str = FREE,
        question: str = "",
        options: list[str] | None = None,
        max_new_tokens: int = 64,
        seed: int = 0,
        repeats: int = 1,
        model: str = "",
        request: gr.Request | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Compare compression methods on one recording; rows come as they are finished.

        Args:
            recording: The id that an upload gave, an example's name such as asr-calls, or a client's file.
            configurations: Such as frame@0.6 or snapkv@0.5; vanilla comes first by itself.
            task: A task's code such as ASR or MC, or free for a question of one's own.
            question: The task's own where it is empty.
            options: Of a multiple-choice task.
            max_new_tokens: Longest reply.
            seed: Of random methods.
            repeats: How often times are taken.
            model: Such as small or whisper; the server's own where it is empty.

        Returns
        -------
            The comparison so far: its id, its state, the reply at work, and the rows that are finished.
        """
        try:
            visitor, identifier = _whose(recording, request)
            ask = Ask.read(
                {
                    "recording": _found(service, identifier, visitor),
                    "configurations": configurations,
                    "task": task,
                    "question": question,
                    "options": options or [],
                    "max_new_tokens": max_new_tokens,
                    "seed": seed,
                    "repeats": repeats,
                    "model": model,
                }
            )
            yield from _followed(service, service.submit(ask, visitor), visitor)
        except AmarathonError as error:
            raise gr.Error(str(error), print_exception=False) from error

    # Gradio describes what the hint says, and streams what a generator yields: one value each time.
    compare.__annotations__["return"] = dict[str, Any]
    api(compare, api_name=API_NAME, concurrency_limit=MOST_WAITING)


def _whose(recording: str, request: gr.Request | None) -> tuple[Visitor, str]:
    """Who calls, and which recording is meant: an upload's answer proves that it is the caller's."""
    identifier, _, key = recording.partition("-")
    client, cookies = (request.client.host, request.cookies) if request else ("", {})
    if ID.fullmatch(identifier) and ID.fullmatch(key):
        return Visitor(client, "", key), identifier
    brought = cookies.get(COOKIE, "")
    cookie = brought if ID.fullmatch(brought) else ""
    return Visitor(client, cookie, cookie or new_id()), recording


def _found(service: DemoService, named: str, visitor: Visitor) -> str:
    """The id of a recording or of an example, for whoever may hear it."""
    if named in service.examples:
        return service.add_example(named).record.id
    return service.heard(named, visitor).record.id


def _followed(service: DemoService, comparison: DemoComparison, visitor: Visitor) -> Iterator[dict[str, Any]]:
    """Let a comparison work in a thread, and say what there is whenever there is more."""
    # A borrowed GPU is the caller's, who is known by the context.
    context = copy_context()
    worker = threading.Thread(target=context.run, args=(service.queue.run, comparison.id), daemon=True)
    worker.start()
    said: dict[str, Any] = {}
    try:
        while comparison.active:
            worker.join(EVERY_S)
            service.queue.active(comparison.id)  # somebody waits
            found = _so_far(service, comparison, visitor)
            if found != said:
                said = found
                yield found
        worker.join()
        found = _so_far(service, comparison, visitor)
        if found != said:
            yield found
    finally:
        # The caller may have left before the end.
        if comparison.active:
            service.queue.stop(comparison)


def _so_far(service: DemoService, comparison: DemoComparison, visitor: Visitor) -> dict[str, Any]:
    place = service.queue.place(comparison)
    progress = comparison.progress(place.ends_s)
    rows: list[dict[str, Any]] = []
    if comparison.folder.is_dir():
        with suppress(GoneError):  # it has not begun to write
            rows = [asdict(row) for row in ComparisonResults(comparison.folder, service.gold).rows()]
    return {
        "comparison": comparison.id,
        # With it, as the cookie amarathon_visitor, the comparison can be deleted.
        "key": visitor.key,
        "state": comparison.state,
        "error": comparison.error,
        "before": place.before if comparison.state == "waiting" else 0,
        "writing": {"configuration": progress.configuration, "text": progress.text} if progress else None,
        "rows": rows,
    }
