"""What all of human evaluation works with: settings, database, sound."""

import logging
import secrets
import threading
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from amarathon.audio import AudioLimits
from amarathon.errors import AmarathonError
from amarathon.settings import Settings
from human_eval.errors import StorageError
from human_eval.recordings import Copies
from human_eval.storage.database import OWNER_ONLY_FOLDER, Database, database_url, open_database
from human_eval.storage.schema import Account, Item, Recording

FOLDER = "human_eval"
HUGGINGFACE = "huggingface:"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Desk:
    """See the module.

    Attributes
    ----------
    settings : Settings
    database : Database
    copies : Copies
    """

    settings: Settings
    database: Database
    copies: Copies

    def is_admin(self, account: Account) -> bool:
        """Whether ``AMARATHON_ADMIN`` names this account."""
        admin = self.settings.admin
        if not admin or account.external_id is None:
            return False
        source = "huggingface" if admin.startswith(HUGGINGFACE) else "local"
        name = admin.removeprefix(HUGGINGFACE)
        return account.source == source and secrets.compare_digest(
            account.external_id.encode(), name.encode()
        )

    def prepare_sound(self, study: str) -> None:
        """Make the copies of a study's recordings, in the background: nobody has to wait for them."""
        threading.Thread(target=self._prepare_sound, args=(study,), daemon=True).start()

    def _prepare_sound(self, study: str) -> None:
        with self.database.reading() as session:
            wanted = (
                select(Recording).join(Item, Item.recording_id == Recording.id).where(Item.study_id == study)
            )
            recordings = session.scalars(wanted).unique().all()
        for each in recordings:
            try:
                self.copies.make(Path(each.path), each.sha256)
            except (AmarathonError, OSError) as error:
                _log.warning("No copy of a recording of study %s: %s", study, error)


def public_address(settings: Settings) -> str:
    """Where people find the app: an address of the settings, whatever a request says."""
    if settings.space_host is not None:
        return f"https://{settings.space_host}"
    host = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else settings.host
    return f"http://{host}:{settings.port}"


def open_desk(settings: Settings) -> Desk:
    """Open the database and the folder of sound.

    Raises
    ------
    StorageError
        If the database cannot be used.
    """
    limits = AudioLimits(max_seconds=settings.max_audio_seconds)
    folder = settings.data / FOLDER
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(OWNER_ONLY_FOLDER)
    except OSError as error:
        raise StorageError(f"The folder {folder} cannot be used: {error.strerror}.") from error
    copies = Copies(folder / "audio", limits)
    return Desk(settings, open_database(database_url(settings)), copies)
