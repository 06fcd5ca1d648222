"""``/metrics``: what somebody who runs the app watches, in Prometheus' text format.

It tells when people are at work, so it is no public page: this machine itself may read it, or, where
``AMARATHON_METRICS_TOKEN`` is set, whoever brings that token, and nobody else.
"""

import secrets
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from fastapi import APIRouter, Request, Response
from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from amarathon import __version__
from amarathon.settings import Settings
from web.measuring import RequestCounts
from web.notes import notes_of
from web.refusals import refusal
from web.routes import NO_STORE

PATH = "/metrics"


class Metrics:
    """The registry of one app.

    Parameters
    ----------
    settings : Settings
    faces : sequence of Collector
        What the faces tell of themselves.
    """

    def __init__(self, settings: Settings, faces: Sequence[Collector] = ()):
        self.registry = CollectorRegistry()
        self.requests = RequestCounts(self.registry)
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        for collector in (_Storage(settings.data), *faces):
            self.registry.register(collector)
        self._token = settings.metrics_token

    def router(self) -> APIRouter:
        """Route ``/metrics``."""
        routes = APIRouter(tags=["health"])

        @routes.get(PATH, include_in_schema=False)
        def metrics(request: Request) -> Response:
            """What somebody who runs the app watches."""
            if self._token is not None:
                brought = request.headers.get("authorization", "")
                if not secrets.compare_digest(brought.encode(), f"Bearer {self._token}".encode()):
                    asked = {"WWW-Authenticate": "Bearer"}
                    return refusal(401, "The metrics are for who brings AMARATHON_METRICS_TOKEN.", **asked)
            elif not notes_of(request.scope).from_here:
                sentence = (
                    "The metrics are for this machine alone; AMARATHON_METRICS_TOKEN lets others read them."
                )
                return refusal(403, sentence)
            return Response(generate_latest(self.registry), 200, NO_STORE, CONTENT_TYPE_PLAIN_0_0_4)

        return routes


class _Storage(Collector):
    """The version, and the room on the disk of the data folder."""

    def __init__(self, folder: Path):
        self._folder = folder

    def describe(self) -> Iterable[Metric]:
        """Nothing is looked at until somebody asks."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """See `Collector`."""
        yield InfoMetricFamily("amarathon", "The version that runs.", {"version": __version__})
        try:
            room = shutil.disk_usage(self._folder)
        except OSError:
            return  # absent, as Prometheus expects of what cannot be known; `/healthz` says why
        yield GaugeMetricFamily("amarathon_disk_free_bytes", "Free on the data folder's disk.", room.free)
        yield GaugeMetricFamily("amarathon_disk_size_bytes", "Size of the data folder's disk.", room.total)
