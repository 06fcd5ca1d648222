"""Serving the app: launch, say where, stop cleanly on Ctrl-C or SIGTERM."""

import gc
import os
import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec

import gradio as gr
from fastapi import APIRouter
from prometheus_client.registry import Collector
from rich.console import Console
from starlette.middleware import Middleware

from amarathon import __version__
from amarathon.errors import SettingsError
from amarathon.settings import Settings
from web import api_page, health
from web.cross_origin import public_paths
from web.document import STATIC, PageDocument
from web.limits import Limits
from web.listening import own_server
from web.measuring import RouteNamed
from web.metrics import Metrics
from web.plotly_bundle import plotly_route
from web.previews import MakePreview
from web.theme import build_theme
from web.uploads import tidy_uploads

TIDY_EVERY_S = 3600.0
# Events that wait in Gradio's queue, of all visitors.
MOST_EVENTS = 1000
# Threads for what they do, beside those that answer requests: comparisons wait in theirs.
EVENT_THREADS = 64


def prepare_folders(settings: Settings) -> None:
    """Make the data folder and let Gradio keep its files in it; what earlier ones left there goes.

    Raises
    ------
    SettingsError
        If the folder cannot be made or written to.
    """
    try:
        settings.uploads.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"AMARATHON_DATA is {str(settings.data)!r}: the folder cannot be made ({error.strerror})."
        ) from error
    fault = health.storage_fault(settings.data)
    if fault is not None:
        raise SettingsError(f"AMARATHON_DATA is {str(settings.data)!r}: {fault[0].lower()}{fault[1:]}")
    tidy_uploads(settings.uploads)
    os.environ["GRADIO_TEMP_DIR"] = str(settings.uploads.resolve())


def launch(
    demo: gr.Blocks,
    routers: Sequence[APIRouter],
    settings: Settings,
    previews: Mapping[str, MakePreview],
    checks: Sequence[health.Check] = (),
    limits: Limits | None = None,
    faces: Sequence[Collector] = (),
) -> None:
    """Start the app in the background and return once ``/healthz`` says that it is ready.

    Raises
    ------
    SettingsError
        If the address or the port cannot be used.
    """
    ready = threading.Event()
    checks = (lambda: health.storage_fault(settings.data), *checks)
    root = settings.root_path or ""
    metrics = Metrics(settings, faces)
    own = (metrics.router(), health.router(ready, checks), *routers)
    routes = [route for router in (*own, api_page.router(own, root)) for route in router.routes]
    demo.queue(max_size=MOST_EVENTS)
    with own_server(
        settings, limits or Limits(), lambda: _events(demo), metrics.requests, public_paths(routes)
    ):
        demo.launch(
            root_path=root,
            app_kwargs={
                "title": "AudioMarathon",
                "version": __version__,
                "routes": [*routes, plotly_route(), STATIC],
                "middleware": [Middleware(PageDocument, previews, root), Middleware(RouteNamed)],
            },
            theme=build_theme(),
            footer_links=[],
            run_history=False,
            enable_monitoring=False,
            # Where gradio's extra for it is installed; it is never required.
            mcp_server=find_spec("mcp") is not None,
            max_threads=EVENT_THREADS,
            ssr_mode=False,  # a page comes from this process, which adds the shared style to it
            share=False,
            quiet=True,
            prevent_thread_lock=True,
            # Gradio asks for the page once and gives up after three seconds, which a busy machine takes.
            _frontend=False,
        )
    # All that start-up made stays. Looking through it again and again stops every request for 0.2 s.
    gc.collect()
    gc.freeze()
    ready.set()


def _events(demo: gr.Blocks) -> dict[int, bool]:
    """Each event's number, and whether programs may call it."""
    return {number: event.api_visibility == "public" for number, event in demo.fns.items()}


def serve(
    demo: gr.Blocks,
    routers: Sequence[APIRouter],
    settings: Settings,
    console: Console,
    previews: Mapping[str, MakePreview],
    checks: Sequence[health.Check] = (),
    then: Callable[[], object] = lambda: None,
    faces: Sequence[Collector] = (),
) -> None:
    """Launch, print the address, begin `then`, and wait for Ctrl-C or SIGTERM."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    started = time.perf_counter()
    launch(demo, routers, settings, previews, checks, faces=faces)
    shown = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else settings.host
    console.print(f"Ready after {time.perf_counter() - started:.1f} s at http://{shown}:{settings.port}")
    console.print("Ctrl-C stops it.")
    then()
    tidied = time.monotonic()
    while not stop.wait(1.0):
        if time.monotonic() - tidied > TIDY_EVERY_S:
            tidied = time.monotonic()
            tidy_uploads(settings.uploads)
    console.print("Stopping.")
    demo.close(verbose=False)
