"""Pages: one multi-page Blocks, each page under the same header."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

import gradio as gr

from amarathon.settings import Settings
from web.health import versions
from web.previews import MakePreview


@dataclass(frozen=True)
class Page:
    """A page of the app.

    Parameters
    ----------
    name : str
        Its name in the header.
    path : str
        Its path, ``/`` for the first page.
    build : callable
        Adds the page's components to the current Blocks.
    group : str
        Pages of one group stand together in the header.
    preview : callable
        What a link to it says, from the parameters of its address.
    """

    name: str
    path: str
    build: Callable[[Settings], None]
    group: str
    preview: MakePreview


def build_pages(pages: Sequence[Page], settings: Settings) -> gr.Blocks:
    """Put the pages into one Blocks; the first of them is its main page."""
    demo = gr.Blocks(title="AudioMarathon", analytics_enabled=False, fill_width=True)
    for index, page in enumerate(pages):
        with demo if index == 0 else demo.route(page.name, page.path, show_in_navbar=False):
            _header(pages, page)
            page.build(settings)
            _footer()
    return demo


def _header(pages: Sequence[Page], current: Page) -> gr.HTML:
    """Name, pages and the light or dark switch; its script sets the tab's title."""
    groups: dict[str, list[str]] = {}
    for page in pages:
        mark = ' aria-current="page"' if page is current else ""
        # Relative, because a proxy may serve the app under a path of its own.
        link = f'<a class="page" href=".{escape(page.path)}"{mark}>{escape(page.name)}</a>'
        groups.setdefault(page.group, []).append(link)
    links = "".join(f'<div class="group">{"".join(group)}</div>' for group in groups.values())
    return gr.HTML(
        '<header class="page-header"><span class="name">AudioMarathon</span>'
        f'<nav aria-label="Pages">{links}</nav>'
        '<button type="button" class="theme-toggle" data-theme-toggle aria-pressed="false">Dark</button>'
        "</header>",
        page_name=current.name,
        js_on_load="document.title = `${props.page_name} · AudioMarathon`;",
        apply_default_css=False,
        elem_classes=["page-header-block"],
    )


def _footer() -> None:
    """What is running here, on demand: the answer comes through the queue, so it shows that it works."""
    with gr.Row(elem_classes=["page-footer"]):
        about = gr.Button("About this server", size="sm", variant="secondary", scale=0, min_width=160)
        answer = gr.HTML("", apply_default_css=False, elem_classes=["page-footer-answer"])
    about.click(_describe, outputs=answer, api_visibility="private", show_progress="hidden")


def _describe() -> str:
    return escape(", ".join(f"{name} {version}" for name, version in versions().items()))
