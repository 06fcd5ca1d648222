"""Every page and every JSON route in one server: ``amarathon app``, ``python app.py``."""

import os
import sys

import gradio as gr
from fastapi import APIRouter
from rich.console import Console

from amarathon import __version__
from amarathon.errors import SettingsError
from amarathon.settings import Settings, load_settings
from human_eval.api import routes as human_api
from human_eval.api.administrator import administrator_of
from human_eval.errors import StorageError
from human_eval.metrics import HumanEvalCollector
from human_eval.page import annotate_preview, build_annotate, build_verify, verify_preview
from human_eval.service import Service as HumanEvalService
from human_eval.service import open_service as open_human_eval
from human_eval.storage.regular import RegularBackups
from leaderboard import api as leaderboard_api
from leaderboard.opening import open_store, read_ahead
from leaderboard.page import build_leaderboard
from leaderboard.previews import preview as leaderboard_preview
from leaderboard.samples import api as samples_api
from leaderboard.samples.library import Library, open_library
from leaderboard.store import Store
from live_demo import api as demo_api
from live_demo.metrics import DemoCollector
from live_demo.page import build_demo, demo_preview
from live_demo.service import open_demo_service
from web import zerogpu
from web.logs import configure_logs
from web.pages import Page, build_pages
from web.server import prepare_folders, serve

PAGES = (
    Page("Leaderboard", "/", build_leaderboard, "results", leaderboard_preview),
    Page("Annotate", "/annotate", build_annotate, "people", annotate_preview),
    Page("Verify", "/verify", build_verify, "people", verify_preview),
    Page("Demo", "/demo", build_demo, "demo", demo_preview),
)


def build_app(settings: Settings) -> gr.Blocks:
    """Put all pages into one Blocks."""
    return build_pages(PAGES, settings)


def build_routers(
    settings: Settings, people: HumanEvalService, store: Store, library: Library
) -> list[APIRouter]:
    """Make the JSON routes of every face.

    Parameters
    ----------
    settings : Settings
    people : human_eval.service.Service
    store : leaderboard.store.Store
    library : leaderboard.samples.library.Library
    """
    return [
        leaderboard_api.router(settings, administrator_of(people), store),
        samples_api.routes_of(library),
        human_api.routes_of(people),
        demo_api.router(settings, people.held_back),
    ]


def main() -> None:
    """Serve the app; a setting that cannot be used is one sentence and exit code 2."""
    console = Console(highlight=False, soft_wrap=True)
    try:
        settings = load_settings()
        configure_logs(settings)
        prepare_folders(settings)
        console.print(f"AudioMarathon {__version__}: building the pages.")
        zerogpu.prepare()
        demo = build_app(settings)
        people = open_human_eval(settings)
        backups = RegularBackups(people.database, settings.backups) if settings.backups else None
        if backups is not None:
            restored = backups.restore_newest()
            if restored is not None:
                console.print(f"The database was empty and is restored from {restored.name}.")
            backups.start()
        store, library = open_store(settings), open_library(settings, people.held_back)
        routers = build_routers(settings, people, store, library)
        demos = open_demo_service(settings)
        demos.start()
        previews = {page.path: page.preview for page in PAGES}
        serve(
            demo,
            routers,
            settings,
            console,
            previews,
            checks=[people.database.fault],
            faces=[HumanEvalCollector(people.database), DemoCollector(demos.queue)],
            then=lambda: read_ahead(store.board, library.read),
        )
        if backups is not None:
            backups.write()
    except (SettingsError, StorageError) as error:
        sys.stderr.write(f"audiomarathon: {error}\n")
        sys.exit(2)
    # All that was acknowledged is on the disk. Threads that compute are somewhere within a library's own
    # code, which aborts the program when the interpreter takes them down.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
