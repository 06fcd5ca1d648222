"""What `/metrics` tells of the demo: its queue, and what became of comparisons."""

from collections import Counter
from collections.abc import Iterable

from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from live_demo.queue import ComparisonQueue


class DemoCollector(Collector):
    """See the module.

    Parameters
    ----------
    queue : ComparisonQueue
    """

    def __init__(self, queue: ComparisonQueue):
        self._queue = queue

    def describe(self) -> Iterable[Metric]:
        """Nothing is counted until somebody asks."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """See `Collector`."""
        held = Counter(comparison.state for comparison in self._queue.held())
        waiting = GaugeMetricFamily(
            "amarathon_demo_queue_length", "Comparisons that wait for their turn.", held["waiting"]
        )
        active = GaugeMetricFamily(
            "amarathon_demo_comparisons", "Comparisons that wait or run, by state.", labels=["state"]
        )
        for state in ("waiting", "loading", "running"):
            active.add_metric([state], held[state])
        ended = CounterMetricFamily(
            "amarathon_demo_comparisons_ended",
            "Comparisons that came to an end since the start; abandoned: nobody waited any more.",
            labels=["state"],
        )
        for state in ("done", "stopped", "failed", "abandoned"):
            ended.add_metric([state], self._queue.ended[state])
        yield from (waiting, active, ended)
