"""The service behind every page, route and command of human evaluation: settings, database, audio."""

import logging
import secrets
import threading
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sqlalchemy import select

from amarathon.audio import AudioLimits
from amarathon.errors import AmarathonError
from amarathon.settings import Settings
from human_eval.errors import StorageError
from human_eval.storage.database import OWNER_ONLY_FOLDER, Database, database_url, open_database
from human_eval.storage.schema import Account, Item, Recording
from human_eval.studies.held_back import HeldBack
from web.audio_copies import AudioCopies

FOLDER = "human_eval"
HUGGINGFACE = "huggingface:"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Service:
    """The settings, the database and the audio cache of one app.

    Attributes
    ----------
    settings : Settings
    database : Database
    audio_cache : AudioCopies
    """

    settings: Settings
    database: Database
    audio_cache: AudioCopies

    @cached_property
    def held_back(self) -> HeldBack:
        """Which questions other faces show no answers of."""
        return HeldBack(self.database)

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

    def prepare_audio(self, study: str) -> None:
        """Encode a study's recordings for browsers, in the background: nobody has to wait for them."""
        threading.Thread(target=self._prepare_audio, args=(study,), daemon=True).start()

    def _prepare_audio(self, study: str) -> None:
        with self.database.reading() as session:
            query = (
                select(Recording).join(Item, Item.recording_id == Recording.id).where(Item.study_id == study)
            )
            recordings = session.scalars(query).unique().all()
        for recording in recordings:
            try:
                self.audio_cache.make(Path(recording.path), recording.sha256)
            except (AmarathonError, OSError) as error:
                _log.warning("A recording of study %s cannot be encoded for browsers: %s", study, error)


def public_address(settings: Settings) -> str:
    """Where people find the app: an address of the settings, whatever a request says."""
    if settings.space_host is not None:
        return f"https://{settings.space_host}"
    host = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else settings.host
    return f"http://{host}:{settings.port}"


def open_service(settings: Settings) -> Service:
    """Open the database and the audio cache.

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
    audio_cache = AudioCopies(folder / "audio", limits)
    return Service(settings, open_database(database_url(settings)), audio_cache)
