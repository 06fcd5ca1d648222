"""What a page costs: time of the processor, which a busy machine stretches less than the clock does."""

from collections.abc import Callable

from playwright.sync_api import Page

# How often something is done that is measured, and how often that is measured: what other programs on the
# machine add differs from time to time, what the page itself costs is in every one.
TIMES, ROUNDS = 5, 4

# Collects what moved without anybody's doing, from the first paint on.
WATCH_SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts.push(entry.value);
}).observe({ type: "layout-shift", buffered: true });
"""


class Processor:
    """The time that the pages' processes have taken."""

    def __init__(self, page: Page) -> None:
        browser = page.context.browser
        assert browser is not None
        self._session = browser.new_browser_cdp_session()
        self._last = self._now()

    def lap_ms(self) -> float:
        """What was taken since the last time it was asked."""
        before, self._last = self._last, self._now()
        return 1000 * (self._last - before)

    def _now(self) -> float:
        processes = self._session.send("SystemInfo.getProcessInfo")["processInfo"]
        return float(sum(process["cpuTime"] for process in processes if process["type"] == "renderer"))


def least_ms(page: Page, act: Callable[[], object], times: int = TIMES) -> float:
    """What it costs to do something once, by the round that was disturbed the least."""
    processor = Processor(page)
    laps = []
    for _ in range(ROUNDS):
        for _ in range(times):
            act()
        laps.append(processor.lap_ms() / times)
    return min(laps)


def nodes(page: Page) -> int:
    """How many elements the page has."""
    return int(page.evaluate("document.querySelectorAll('*').length"))


def shifted(page: Page) -> float:
    """How far the page has moved by itself, by the measure that browsers report."""
    return float(page.evaluate("window.shifts.reduce((sum, one) => sum + one, 0)"))
