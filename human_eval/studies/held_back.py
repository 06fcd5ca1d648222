"""Which questions nobody may see the answers of: those that a study not yet closed asks people.

Other faces show questions too, and what models answered to them. They ask here, before every answer that
they give, so that opening a study hides its questions at once and closing it shows them again.
"""

import threading

from sqlalchemy import select
from sqlalchemy.orm import Session

from amarathon.tasks.identity import identities
from human_eval.storage.database import Database
from human_eval.storage.schema import Item, Recording, Study
from human_eval.studies.secrecy import LIVE


class HeldBack:
    """The marks of all questions of studies that are open or paused.

    Parameters
    ----------
    database : Database
    """

    def __init__(self, database: Database):
        self._database = database
        self._lock = threading.Lock()
        # By study: its questions are copied when it is made, and never change.
        self._known: dict[str, frozenset[str]] = {}

    def __call__(self) -> frozenset[str]:
        """Find the marks, as `amarathon.tasks.identity.identities` makes them.

        Raises
        ------
        StorageError
            The database cannot be asked; nothing may be shown then.
        """
        with self._lock, self._database.reading() as session:
            live = session.scalars(select(Study.id).where(Study.state.in_(LIVE))).all()
            self._known = {study: self._marks(session, study) for study in live}
            return frozenset().union(*self._known.values())

    def _marks(self, session: Session, study: str) -> frozenset[str]:
        if study in self._known:
            return self._known[study]
        rows = session.execute(
            select(Item.task, Item.sample_id, Item.reference, Recording.sha256, Recording.pcm_sha256)
            .join(Recording, Recording.id == Item.recording_id)
            .where(Item.study_id == study)
        )
        return frozenset().union(
            *(
                identities(task, name, file_sha256=sha256, pcm_sha256=pcm_sha256, reference=reference)
                for task, name, reference, sha256, pcm_sha256 in rows
            )
        )
