"""What the bundled samples are made of.

Every prompt named here was also transcribed by a speech recogniser that had no part in making
it (Whisper tiny.en), and its words agreed with the package's own text. Some of the package's
texts do not say what is spoken (``invalid`` and ``pbx-invalid``, for one), so a prompt that is
added needs the same check.
"""

from dataclasses import dataclass

from amarathon.packages.declared import PROMPT_TEXTS_EN as PROMPT_DOCUMENTS
from amarathon.packages.declared import PROMPTS_EN as PROMPT_AUDIO
from amarathon.packages.declared import WESNOTH_MUSIC as MUSIC_AUDIO

__all__ = [
    "MUSIC",
    "MUSIC_AUDIO",
    "PROMPTS_FOLDER",
    "PROMPT_AUDIO",
    "PROMPT_DOCUMENTS",
    "PROMPT_TEXTS",
    "SPEECH",
]

PROMPTS_FOLDER = "usr/share/asterisk/sounds/en_US_f_Allison"
PROMPT_TEXTS = "usr/share/doc/asterisk-core-sounds-en/core-sounds-en.txt.gz"


@dataclass(frozen=True)
class SpeechSample:
    """Prompts read one after another; their texts make the reference."""

    id: str
    title: str
    prompts: tuple[str, ...]


@dataclass(frozen=True)
class MusicSample:
    """A span of one track and a question about its genre.

    `genre_tag` is what the track's own metadata says, checked while building; `options` are
    labels of the music task, and `answer` is the index of the one the tag names.
    """

    id: str
    track: str
    start_s: float
    duration_s: float
    genre_tag: str
    licence_tag: str
    options: tuple[tuple[str, str], ...]
    answer: int


SPEECH = (
    SpeechSample(
        id="asr-voicemail",
        title="Telephone prompts: a voicemail system",
        prompts=(
            *("vm-newuser", "vm-newpassword", "vm-reenterpassword", "vm-invalid-password", "vm-passchanged"),
            *("vm-instructions", "vm-next", "vm-repeat", "vm-prev", "vm-toforward", "vm-delete"),
            *("vm-tohearenv", "vm-tocallback", "vm-nobox", "vm-sorry", "vm-options", "vm-tempgreeting2"),
            *("vm-rec-temp", "vm-tmpexists", "vm-tempremoved", "vm-msgforwarded", "vm-helpexit"),
        ),
    ),
    SpeechSample(
        id="asr-conference",
        title="Telephone prompts: a conference",
        prompts=(
            *("conf-getconfno", "conf-invalid", "confbridge-pin", "conf-invalidpin", "confbridge-pin-bad"),
            *("conf-waitforleader", "conf-placeintoconf", "conf-onlyperson", "conf-usermenu"),
            *("confbridge-unmuted", "conf-now-muted", "confbridge-lock-no-join", "conf-unlockednow"),
            *("conf-now-recording", "conf-adminmenu-18", "conf-nonextended", "conf-extended"),
            *("conf-roll-callcomplete", "conf-leaderhasleft", "conf-noempty", "conf-kicked"),
        ),
    ),
    SpeechSample(
        id="asr-calls",
        title="Telephone prompts: calls that do not get through",
        prompts=(
            *("demo-thanks", "ss-noservice", "all-circuits-busy-now", "privacy-prompt", "privacy-incorrect"),
            *("tt-allbusy", "queue-youarenext", "followme/status", "followme/sorry", "dir-instr"),
            *("dir-nomore", "priv-introsaved", "feature-not-avail-line", "speed-dial-empty"),
            *("agent-alreadyon", "auth-incorrect", "tt-weasels", "demo-echotest", "demo-echodone"),
        ),
    ),
)

MUSIC = MusicSample(
    id="mc-silvan-sanctuary",
    track="usr/share/games/wesnoth/1.16/data/core/music/silvan_sanctuary.ogg",
    start_s=8.0,
    duration_s=110.0,
    genre_tag="Romantic Classical",
    licence_tag="GPL",
    options=(("Jazz", "jazz"), ("Rock", "rock"), ("Classical", "classical"), ("Hip hop", "hiphop")),
    answer=2,
)
