"""What a link to a page says of it before it is opened: title, description, address."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

APP = "AudioMarathon"
# Gradio's own, which speak of Gradio.
OTHERS = re.compile(rb'<meta\s+(?:property|name)="(?:og|twitter):[^"]*"[^>]*>\s*')
# What a preview speaks of stands in the head, before the page's own data.
HEAD_ENDS = b"<script>window.gradio_config"


@dataclass(frozen=True)
class Preview:
    """What is said of a page.

    Parameters
    ----------
    title, description : str
        Of the very view that the address names.
    keeps : tuple of str
        Parameters of the address that name the view; others are not repeated.
    """

    title: str
    description: str
    keeps: tuple[str, ...] = ()


# Makes a page's preview from the parameters of its address.
MakePreview = Callable[[Mapping[str, str]], Preview]


def with_preview(body: bytes, scope: Scope, make: MakePreview, root: str) -> bytes:
    """A page's document with its preview, in the place of Gradio's.

    Parameters
    ----------
    body : bytes
    scope : Scope
        Of the request.
    make : callable
    root : str
        The public address or path that a proxy serves the app under.
    """
    parameters = dict(parse_qsl(scope["query_string"].decode("latin-1")))
    preview = make(parameters)
    kept = urlencode([(name, parameters[name]) for name in preview.keeps if name in parameters])
    address = root_of(scope, root) + quote(scope["path"]) + (f"?{kept}" if kept else "")
    title = f"{preview.title} · {APP}"
    # Of a site that only previews read; a page needs no picture to be recognised by.
    tags = {
        "og:site_name": APP,
        "og:type": "website",
        "og:title": title,
        "og:description": preview.description,
        "og:url": address,
    }
    metas = "".join(f'<meta property="{name}" content="{escape(text)}">' for name, text in tags.items())
    own = (
        f"<title>{escape(title)}</title>"
        f'<meta name="description" content="{escape(preview.description)}">'
        f'<meta name="twitter:card" content="summary">{metas}'
    )
    head, mark, rest = body.partition(HEAD_ENDS)
    return OTHERS.sub(b"", head) + own.encode() + mark + rest


def root_of(scope: Scope, root: str) -> str:
    """The public address of the app's first page, without a slash at its end.

    Parameters
    ----------
    scope : Scope
        Of a request.
    root : str
        The public address or path that a proxy serves the app under.
    """
    if "://" in root:
        return root.rstrip("/")
    headers = Headers(scope=scope)
    # Only a proxy's is left here; see `web.hosts`.
    host = headers.get("x-forwarded-host") or headers.get("host", "")
    return f"{scope['scheme']}://{host}{urlsplit(root).path.rstrip('/')}"
