"""The one component of each page: a template, styles, and scripts that talk to the JSON routes."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import gradio as gr

from web.static_files import StaticFolder


def scripted_component(
    name: str,
    static: StaticFolder,
    template: str,
    styles: Sequence[str],
    api: str,
    main: str = "main.js",
    setup: Mapping[str, Any] | None = None,
    events: Sequence[str] = (),
) -> gr.HTML:
    """Add a component to the current Blocks page, which ``load.js`` starts.

    Parameters
    ----------
    name : str
        The element's id.
    static : StaticFolder
        Where template, styles and scripts are.
    template : str
    styles : sequence of str
        In the order in which they count, after the shared ``component.css``; Gradio scopes them to
        the component.
    api : str
        Path that the JSON routes begin with.
    main : str
        The script whose ``start(element, api, setup, trigger)`` is called.
    setup : mapping, optional
        What else the scripts have to know.
    events : sequence of str
        The component's own events, which its scripts trigger.
    """
    # Gradio lets a component have the events whose quoted names are in its script.
    names = "".join(f"// Event: {json.dumps(event)}\n" for event in events)
    # Not a subclass of gr.HTML: Gradio would write a stub file beside it.
    return gr.HTML(
        html_template=static.read(template),
        css_template="\n".join(static.read(style) for style in ("component.css", *styles)),
        js_on_load=names + static.read("load.js"),
        apply_default_css=False,
        elem_id=name,
        setup={"api": api, "scripts": static.address, "main": main, **(setup or {})},
    )
