"""What is accepted as audio, and the sentences for what is not."""

import errno
import stat
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from amarathon.audio.types import Audio, AudioInfo
from amarathon.errors import AudioError

# 4 kHz is half the rate of a telephone; 768 kHz the fastest converter on sale.
LOWEST_SAMPLE_RATE = 4_000
HIGHEST_SAMPLE_RATE = 768_000
# A 64-capsule microphone array. Containers can state up to 255 or 65,535, and damaged ones do.
MOST_CHANNELS = 64

# Four steps of 16-bit audio: below this there is dither or nothing.
SILENCE_DBFS = -80.0
# Overshoots of lossy decoders stay well under +6 dBFS; beyond +12 the scale itself is wrong.
HIGHEST_PEAK_DBFS = 12.0

# What is missing of a stated length before a file counts as truncated.
TRUNCATION_TOLERANCE_S = 0.5
# What is missing before it is mentioned: encoders pad and trim, and containers round.
_WORTH_A_WORD_S = 0.1

# How much longer than a limit audio may be, everywhere where a limit is held. Encoders fill their
# first and last frames up, and not every container says by how much: five minutes come out of
# AAC a little longer. What is longer by that is kept, not cut. This is a frame and more of any
# codec at the usual rates; at low rates it is three frames of the codec's own.
PADDING_S = 0.08
_MOST_PADDING_S = 0.25
_PADDED_FRAMES = 3
_FRAME_SAMPLES = MappingProxyType(
    {
        **dict.fromkeys(("aac", "aac_latm"), 1024),
        **dict.fromkeys(("mp2", "mp2float", "mp3", "mp3float", "mpeg_layer_iii"), 1152),
        **dict.fromkeys(("ac3", "eac3"), 1536),
        **dict.fromkeys(("vorbis", "wmav1", "wmav2", "wmapro"), 2048),
        **dict.fromkeys(("adpcm_ima_wav", "adpcm_ms", "ima_adpcm", "ms_adpcm"), 2048),
    }
)


@dataclass(frozen=True)
class AudioLimits:
    """What one file may cost.

    Attributes
    ----------
    max_bytes : int
        Of the file, checked before it is opened.
    max_seconds : float
        Checked against the header before decoding, and again while decoding: headers lie.
    min_seconds : float
    """

    max_bytes: int = 200_000_000
    max_seconds: float = 3600.0
    min_seconds: float = 0.1


def exceeds(seconds: float, limit: float, info: AudioInfo) -> bool:
    """Whether audio is longer than a limit by more than what its encoder may have added.

    Parameters
    ----------
    seconds, limit : float
    info : AudioInfo
        Of the file.
    """
    frame_s = _FRAME_SAMPLES.get(info.codec, 0) / max(1, info.sample_rate)
    return seconds > limit + min(max(PADDING_S, _PADDED_FRAMES * frame_s), _MOST_PADDING_S)


def sentence(path: Path, predicate: str) -> str:
    """A file's name, then what there is to say about it, as one sentence on one line."""
    name = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in path.name)
    if len(name) > 80:
        name = name[:40] + "…" + name[-39:]
    return f"'{name}' {predicate}."


def refusal(path: Path, predicate: str) -> AudioError:
    """Make the error for a file, see `sentence`."""
    return AudioError(sentence(path, predicate))


def longer_than_taken(audio: Audio, most_s: float, who: str) -> str | None:
    """The sentence for a recording that is longer than a model takes; None where it is not."""
    if not exceeds(audio.duration_s, most_s, audio.info):
        return None
    length = describe_excess(audio.duration_s, most_s)
    return f"The recording lasts {length}; {who} takes at most {most_s:.0f} s."


def check_file(path: Path, limits: AudioLimits) -> int:
    """Check that a path leads to a regular file of an acceptable size, without opening it.

    Opening comes after: a named pipe or a device would block or never end.

    Returns
    -------
    int
        The file's size in bytes.

    Raises
    ------
    AudioError
    """
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise refusal(path, "does not exist") from None
    except PermissionError:
        raise refusal(path, "cannot be read: permission denied") from None
    except ValueError:
        raise refusal(path, "is not a possible file name") from None
    except OSError as error:
        reason = "the name is too long" if error.errno == errno.ENAMETOOLONG else error.strerror
        raise refusal(path, f"cannot be read: {reason}") from None
    if stat.S_ISDIR(status.st_mode):
        raise refusal(path, "is a folder, not an audio file")
    if not stat.S_ISREG(status.st_mode):
        raise refusal(path, "is a pipe, a socket or a device, not an audio file")
    if status.st_size == 0:
        raise refusal(path, "is empty: it has 0 bytes")
    if status.st_size > limits.max_bytes:
        found, most = (f"{count / 1e6:,.0f} MB" for count in (status.st_size, limits.max_bytes))
        raise refusal(path, f"is too large: it has {found}, and the limit is {most}")
    return status.st_size


def check_header(path: Path, info: AudioInfo, limits: AudioLimits) -> None:
    """Check what a header states, before anything is decoded.

    Raises
    ------
    AudioError
    """
    check_form(path, info.sample_rate, info.channels)
    if info.duration_s is not None:
        if exceeds(info.duration_s, limits.max_seconds, info):
            raise too_long(path, info.duration_s, limits)
        if info.duration_s < limits.min_seconds:
            raise too_short(path, info.duration_s, limits)


def check_form(path: Path, sample_rate: int, channels: int) -> None:
    """Check a rate and a number of channels.

    Raises
    ------
    AudioError
    """
    if not LOWEST_SAMPLE_RATE <= sample_rate <= HIGHEST_SAMPLE_RATE:
        raise refusal(
            path,
            f"states a sample rate of {sample_rate:,} Hz, and rates from {LOWEST_SAMPLE_RATE:,} to "
            f"{HIGHEST_SAMPLE_RATE:,} Hz are accepted",
        )
    if not 1 <= channels <= MOST_CHANNELS:
        raise refusal(path, f"states {channels:,} channels, and 1 to {MOST_CHANNELS} are accepted")


def check_length(path: Path, found_s: float, promised_s: float | None, limits: AudioLimits) -> list[str]:
    """Compare what was decoded with what the container promised.

    Returns
    -------
    list of str
        What to say about a little that is missing.

    Raises
    ------
    AudioError
    """
    remarks = []
    missing = 0.0 if promised_s is None else promised_s - found_s
    if promised_s is not None and missing > TRUNCATION_TOLERANCE_S:
        promised, found = describe_seconds(promised_s), describe_seconds(found_s)
        raise refusal(path, f"is truncated: its header states {promised}, and {found} are there")
    if promised_s is not None and missing > _WORTH_A_WORD_S:
        remarks.append(f"states {promised_s:.2f} s in its header, and {found_s:.2f} s are there")
    if found_s < limits.min_seconds:
        raise too_short(path, found_s, limits)
    return remarks


def too_long(path: Path, seconds: float | None, limits: AudioLimits) -> AudioError:
    """Make the error for too much audio; `seconds` is None where only the excess is known."""
    most = describe_seconds(limits.max_seconds)
    length = "longer than that" if seconds is None else describe_excess(seconds, limits.max_seconds)
    return refusal(path, f"is too long: the limit is {most}, and it lasts {length}")


def too_short(path: Path, seconds: float, limits: AudioLimits) -> AudioError:
    """Make the error for too little audio, none at all included."""
    if seconds == 0:
        return refusal(path, "holds no audio: it lasts 0 s")
    least = limits.min_seconds
    return refusal(path, f"is too short: it lasts {seconds:.3f} s, and the shortest accepted is {least:g} s")


def describe_excess(seconds: float, limit: float) -> str:
    """Seconds over a limit, so exactly that the difference shows: ``"300.53 s"`` beside 300."""
    if seconds - limit >= 1:
        return describe_seconds(seconds)
    text = f"{seconds:,.2f}"
    return f"{text[:-1] if text.endswith('0') else text} s"


def describe_seconds(seconds: float) -> str:
    """Seconds in words: ``"4,800 s (1.3 h)"`` from an hour on."""
    if seconds >= 3600:
        return f"{seconds:,.0f} s ({seconds / 3600:,.1f} h)"
    return f"{seconds:.1f} s"
