"""The leaderboard as it is sent: `leaderboard.document` makes it, `/openapi.json` describes it."""

from leaderboard.records import LeaderboardBase, RowBase, RunFacts, SectionBase


class SentRow(RowBase):
    """A row as it is sent; `run` names one of the document's runs."""

    run: str | None = None


class SentSection(SectionBase):
    """A section as it is sent."""

    rows: list[SentRow]


class SentLeaderboard(LeaderboardBase):
    """The same as it is sent: a run's facts once, figures to four decimals, no fields without a value.

    Attributes
    ----------
    runs : dict of str to RunFacts
        By the name of the run's folder, which is its id.
    """

    models: SentSection
    pruning: SentSection
    eviction: SentSection
    duration: SentSection
    measured: list[SentSection]
    runs: dict[str, RunFacts]
