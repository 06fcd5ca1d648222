"""The two forms in which a browser plays sound: Ogg Opus, and MP3 for those without it."""

from typing import Literal

Coding = Literal["opus", "mp3"]
MEDIA_TYPES: dict[Coding, str] = {"opus": "audio/ogg; codecs=opus", "mp3": "audio/mpeg"}
