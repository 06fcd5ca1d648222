"""The services, each declared in one file of its own."""

from collections.abc import Mapping
from types import MappingProxyType

from amarathon.models.remote.service import Service
from amarathon.models.remote.services import azure, gemini, mistral, openai, served, worker

SERVICES: Mapping[str, Service] = MappingProxyType(
    {module.SERVICE.name: module.SERVICE for module in (openai, azure, mistral, gemini, served)}
)
SERVED = served.SERVICE
# No service: it is started here, and has no key of its own.
WORKER = worker.SERVICE
