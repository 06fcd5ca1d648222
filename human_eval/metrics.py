"""What `/metrics` tells of human evaluation: numbers of rows, nobody's."""

from collections.abc import Iterable

from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select

from human_eval.errors import StorageError
from human_eval.storage.database import Database
from human_eval.storage.schema import Answer, Assignment, Review, Study


class HumanEvalCollector(Collector):
    """See the module.

    Parameters
    ----------
    database : Database
    """

    def __init__(self, database: Database):
        self._database = database

    def describe(self) -> Iterable[Metric]:
        """The database is asked when somebody asks."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """See `Collector`; of a database that cannot be read, only that."""
        up = GaugeMetricFamily(
            "amarathon_human_eval_database_up", "Whether human evaluation's database can be read."
        )
        studies = GaugeMetricFamily("amarathon_human_eval_studies", "Studies by state.", labels=["state"])
        items = GaugeMetricFamily(
            "amarathon_human_eval_assignments", "Questions given to somebody, by state.", labels=["state"]
        )
        answers = GaugeMetricFamily(
            "amarathon_human_eval_saved_answers", "Answers in the database, changed ones counted each time."
        )
        reviews = GaugeMetricFamily("amarathon_human_eval_saved_reviews", "Reviews that were decided.")
        try:
            with self._database.reading() as session:
                for state, count in session.execute(select(Study.state, func.count()).group_by(Study.state)):
                    studies.add_metric([state], count)
                by_state = select(Assignment.state, func.count()).group_by(Assignment.state)
                for state, count in session.execute(by_state):
                    items.add_metric([state], count)
                answers.add_metric([], session.scalar(select(func.count()).select_from(Answer)) or 0)
                decided = select(func.count()).select_from(Review).where(Review.decided_at.is_not(None))
                reviews.add_metric([], session.scalar(decided) or 0)
        except StorageError:
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield from (up, studies, items, answers, reviews)
