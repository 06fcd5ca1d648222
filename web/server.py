"""Serving the app: launch, say where, stop cleanly on Ctrl-C or SIGTERM."""

import gc
import os
import signal
import threading
import time
from collections.abc import Sequence

import gradio as gr
from fastapi import APIRouter
from rich.console import Console
from starlette.middleware import Middleware

from amarathon import __version__
from amarathon.errors import SettingsError
from amarathon.settings import Settings
from web import health
from web.document import STATIC, PageDocument
from web.theme import build_theme


def prepare_folders(settings: Settings) -> None:
    """Make the data folder and let Gradio keep uploads in it.

    Raises
    ------
    SettingsError
        If the folder cannot be made.
    """
    try:
        settings.uploads.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"AMARATHON_DATA is {str(settings.data)!r}: the folder cannot be made ({error.strerror})."
        ) from error
    os.environ["GRADIO_TEMP_DIR"] = str(settings.uploads.resolve())


def launch(demo: gr.Blocks, routers: Sequence[APIRouter], settings: Settings) -> None:
    """Start the app in the background and return once ``/healthz`` says that it is ready.

    Raises
    ------
    SettingsError
        If the port is taken.
    """
    ready = threading.Event()
    routes = [route for router in (health.router(ready), *routers) for route in router.routes]
    try:
        demo.launch(
            server_name=settings.host,
            server_port=settings.port,
            max_file_size=settings.max_upload_bytes,
            app_kwargs={
                "title": "AudioMarathon",
                "version": __version__,
                "routes": [*routes, STATIC],
                "middleware": [Middleware(PageDocument)],
            },
            theme=build_theme(),
            footer_links=[],
            run_history=False,
            enable_monitoring=False,
            mcp_server=False,
            ssr_mode=False,  # a page comes from this process, which adds the shared style to it
            share=False,
            quiet=True,
            prevent_thread_lock=True,
        )
    except OSError as error:
        raise SettingsError(
            f"AMARATHON_PORT is {settings.port}: the port cannot be used; another program may be using it."
        ) from error
    # All that start-up made stays. Looking through it again and again stops every request for 0.2 s.
    gc.collect()
    gc.freeze()
    ready.set()


def serve(demo: gr.Blocks, routers: Sequence[APIRouter], settings: Settings, console: Console) -> None:
    """Launch, print the address, and wait for Ctrl-C or SIGTERM."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    started = time.perf_counter()
    launch(demo, routers, settings)
    shown = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else settings.host
    console.print(f"Ready after {time.perf_counter() - started:.1f} s at http://{shown}:{settings.port}")
    console.print("Ctrl-C stops it.")
    while not stop.wait(1.0):
        pass
    console.print("Stopping.")
    demo.close(verbose=False)
