"""What a model's name says about where it is.

``openai:NAME``, ``http://HOST/v1#NAME``, ``worker:FILE.py`` and their kin.
"""

import ipaddress
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from amarathon.errors import ModelError
from amarathon.models.remote.service import Service
from amarathon.models.remote.services import SERVED, SERVICES, WORKER

_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_MODEL = re.compile(r"[\w.@-][\w.:@/+-]{0,199}", re.ASCII)
# Names that no public host has.
_PRIVATE_ENDINGS = (".local", ".lan", ".internal", ".home.arpa")


@dataclass(frozen=True)
class Program:
    """Foreign code that answers in a process of its own.

    Attributes
    ----------
    file : Path
    function : str
        What makes of the file the function that answers.
    """

    file: Path
    function: str


@dataclass(frozen=True)
class Address:
    """A model and where it is asked.

    Attributes
    ----------
    service : Service
    model : str
        As the service calls it.
    url : str or None
        What the user named, of a server of their own.
    program : Program or None
        What is started to answer.
    token : str or None
        What is shown instead of a key from the environment.
    """

    service: Service
    model: str
    url: str | None = None
    program: Program | None = None
    token: str | None = field(default=None, repr=False)

    @property
    def label(self) -> str:
        """What records call the model: never where a server of one's own is."""
        return f"{self.service.name}:{self.model}"

    @property
    def base_url(self) -> str:
        """Where requests go.

        Raises
        ------
        ModelError
            If the environment does not name it, or names no address.
        """
        service = self.service
        if service.endpoint_variable is None:
            return self.url or service.base_url or ""
        named = os.environ.get(service.endpoint_variable, "").strip()
        if not named:
            raise ModelError(
                f"{self.label} needs the address of your resource in the environment variable "
                f"{service.endpoint_variable}."
            )
        found = _checked_url(named, service.endpoint_variable).removesuffix(service.endpoint_path)
        return found + service.endpoint_path

    @property
    def host(self) -> str:
        """The host that recordings go to."""
        return urlsplit(self.base_url).hostname or ""

    @property
    def is_loopback(self) -> bool:
        """Whether they stay on this machine."""
        return self.program is not None or _is_loopback(self.host)


def is_remote(name: str) -> bool:
    """Whether a model's name, or the name that a record has for it, means one behind a service."""
    kind, colon, _ = name.partition(":")
    return _ADDRESS.match(name) is not None or (colon == ":" and (kind in SERVICES or kind == WORKER.name))


def find_remote(name: str) -> Address | None:
    """Read a model's name; None where it means weights on this machine.

    Raises
    ------
    ModelError
        If it begins like one of a service's and cannot be one.
    """
    if not is_remote(name):
        return None
    if _ADDRESS.match(name):
        url, _, model = name.partition("#")
        where = _checked_url(url, "The address")
        return Address(SERVED, _checked_model(model, f"{SERVED.example}"), where)
    kind, _, model = name.partition(":")
    if kind == WORKER.name:
        return _worker(model)
    service = SERVICES[kind]
    if service is SERVED:
        raise ModelError(f"{name} is how records name it; give its address, {SERVED.example}.")
    return Address(service, _checked_model(model, f"{kind}:{service.example}"))


def _worker(program: str) -> Address:
    path, colon, function = program.partition(".py:")
    file = Path(path + ".py" if colon else path).expanduser()
    function = function if colon else "load"
    if file.suffix != ".py" or not function.isidentifier():
        raise ModelError(f"A worker is named like {WORKER.name}:{WORKER.example}; {program[:80]!r} is none.")
    if not file.is_file():
        raise ModelError(f"There is no file {file} for a worker to load.")
    return Address(WORKER, _checked_model(file.stem, WORKER.example), program=Program(file, function))


def _checked_model(model: str, example: str) -> str:
    if not _MODEL.fullmatch(model) or ".." in model:
        raise ModelError(f"A service's model is named like {example}; {model[:80]!r} is no name.")
    return model


def _checked_url(url: str, what: str) -> str:
    """An address without a slash at its end, once it is known to be fit.

    What is wrong is said without the address: there may be a password in it.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ModelError(f"{what} of the service cannot be read.") from None
    if parts.username or parts.password or "@" in parts.netloc:
        raise ModelError(f"{what} may hold no user and no password; the key comes from the environment.")
    if parts.scheme.lower() not in ("http", "https") or not host or parts.query or parts.fragment:
        raise ModelError(f"{what} has to look like http://localhost:8000/v1 or https://HOST/v1.")
    if parts.scheme.lower() == "http" and not _is_private(host):
        raise ModelError(f"Recordings and keys go to {host} by https only; http is for your own network.")
    return url.rstrip("/")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_private(host: str) -> bool:
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith(_PRIVATE_ENDINGS)
    return found.is_private and not found.is_unspecified
