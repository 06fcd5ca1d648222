"""What all of human evaluation works with: settings, database, sound."""

import secrets
from dataclasses import dataclass

from amarathon.audio import AudioLimits
from amarathon.settings import Settings
from human_eval.database import Database, database_url, open_database
from human_eval.recordings import Copies
from human_eval.schema import Account

FOLDER = "human_eval"
HUGGINGFACE = "huggingface:"


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


def open_desk(settings: Settings) -> Desk:
    """Open the database and the folder of sound.

    Raises
    ------
    StorageError
        If the database cannot be used.
    """
    limits = AudioLimits(max_seconds=settings.max_audio_seconds)
    copies = Copies(settings.data / FOLDER / "audio", limits)
    return Desk(settings, open_database(database_url(settings)), copies)
