"""The services, each declared in one file of its own."""

from collections.abc import Mapping
from types import MappingProxyType

from amarathon.models.remote.service import Service
from amarathon.models.remote.services import azure, gemini, mistral, openai, served

SERVICES: Mapping[str, Service] = MappingProxyType(
    {module.SERVICE.name: module.SERVICE for module in (openai, azure, mistral, gemini, served)}
)
SERVED = served.SERVICE
