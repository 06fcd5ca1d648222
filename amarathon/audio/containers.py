"""The containers that are read, and by which bytes each is known."""

from dataclasses import dataclass

HEAD_BYTES = 8192


@dataclass(frozen=True)
class Container:
    """A container we read.

    Attributes
    ----------
    name : str
    demuxer : str
        libav's name of the one demuxer that may open it. It is never left to guess: some of
        its demuxers (playlists, concatenations) open other files and addresses.
    soundfile_first : bool
        Whether soundfile reads it, with libav for the codings soundfile lacks.
    states_length : bool
        Whether the length that the library reports is a fact of the header. Elsewhere it is an
        estimate from bit rates or time stamps, and audio is counted by decoding it.
    joins_late : bool
        Whether a capture may begin inside a frame: broadcasts are entered while they run.
    """

    name: str
    demuxer: str
    soundfile_first: bool = False
    states_length: bool = True
    joins_late: bool = False


WAV = Container("WAV", "wav", soundfile_first=True)
W64 = Container("W64", "w64", soundfile_first=True)
AIFF = Container("AIFF", "aiff", soundfile_first=True)
AU = Container("AU", "au", soundfile_first=True)
CAF = Container("CAF", "caf", soundfile_first=True)
FLAC = Container("FLAC", "flac", soundfile_first=True)
NIST = Container("NIST SPHERE", "nistsphere", soundfile_first=True)
VOC = Container("VOC", "voc", soundfile_first=True, states_length=False)
# libsndfile reads these two as well, and silently loses audio: of chained Ogg streams it returns
# the first alone, and of a variable-rate MP3 without a frame count as much as it guessed.
OGG = Container("Ogg", "ogg", states_length=False)
MP3 = Container("MP3", "mp3", states_length=False, joins_late=True)
AAC = Container("AAC", "aac", states_length=False, joins_late=True)
LATM = Container("AAC (LATM)", "loas", states_length=False, joins_late=True)
AC3 = Container("AC-3", "ac3", states_length=False, joins_late=True)
EAC3 = Container("E-AC-3", "eac3", states_length=False, joins_late=True)
AMR = Container("AMR", "amr", states_length=False)
MP4 = Container("MP4", "mp4")
MATROSKA = Container("Matroska/WebM", "matroska")
ASF = Container("ASF (WMA)", "asf", states_length=False)
AVI = Container("AVI", "avi", states_length=False)
FLV = Container("FLV", "flv", states_length=False)
MPEG_TS = Container("MPEG transport stream", "mpegts", states_length=False, joins_late=True)
MPEG_PS = Container("MPEG program stream", "mpeg", states_length=False, joins_late=True)
WAVPACK = Container("WavPack", "wv")
TTA = Container("TTA", "tta")
APE = Container("Monkey's Audio", "ape")
DSF = Container("DSF", "dsf")
DSS = Container("DSS", "dss", states_length=False)

READABLE = "WAV, AIFF, CAF, FLAC, Ogg, MP3, AAC, AMR, WMA, M4A, MP4 or WebM"

_W64_RIFF = bytes.fromhex("726966662e91cf11a5d628db04c10000")
_ASF_HEADER = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
# A QuickTime film of the time before 'ftyp' begins with one of these.
_QUICKTIME_ATOMS = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")

_MAGIC: tuple[tuple[bytes, Container], ...] = (
    (_W64_RIFF, W64),
    (b".snd", AU),
    (b"dns.", AU),
    (b"caff\0\1", CAF),
    (b"fLaC", FLAC),
    (b"NIST_1A", NIST),
    (b"Creative Voice File\x1a", VOC),
    (b"OggS", OGG),
    (b"#!AMR\n", AMR),
    (b"#!AMR-WB\n", AMR),
    (b"\x1a\x45\xdf\xa3", MATROSKA),
    (_ASF_HEADER, ASF),
    (b"FLV\1", FLV),
    (b"\0\0\1\xba", MPEG_PS),
    (b"wvpk", WAVPACK),
    (b"TTA1", TTA),
    (b"MAC ", APE),
    (b"DSD \x1c\0\0\0\0\0\0\0", DSF),
    (b"\2dss", DSS),
    (b"\3dss", DSS),
)
# What stands at the start, and eight bytes on.
_FORMS: tuple[tuple[bytes, bytes, Container], ...] = (
    *((form, b"WAVE", WAV) for form in (b"RIFF", b"RIFX", b"RF64", b"BW64")),
    (b"RIFF", b"AVI ", AVI),
    (b"FORM", b"AIFF", AIFF),
    (b"FORM", b"AIFC", AIFF),
)
# Long enough not to stand in a compressed stream by chance: these may be looked for behind junk.
_SEEKABLE = (_W64_RIFF, b"caff\0\1", b"fLaC\0\0\0\x22", b"OggS\0\2", b"#!AMR\n", b"#!AMR-WB\n", _ASF_HEADER)


def from_magic(head: bytes) -> Container | None:
    """The container whose signature content begins with."""
    for form, kind, container in _FORMS:
        if head.startswith(form) and head[8:12] == kind:
            return container
    for magic, container in _MAGIC:
        if head.startswith(magic):
            return container
    if head[4:8] == b"ftyp":
        return MP4
    if head[4:8] in _QUICKTIME_ATOMS and _could_be_size(head[:4]):
        return MP4
    return None


def find_magic(content: bytes) -> tuple[int, Container] | None:
    """The first signature anywhere in content that is too long to be there by chance."""
    found = [(content.find(magic), magic) for magic in _SEEKABLE]
    offsets = [at for at, _ in found if at >= 0]
    for form, kind, _ in _FORMS:
        at = content.find(form)
        while at >= 0 and content[at + 8 : at + 12] != kind:
            at = content.find(form, at + 1)
        if at >= 0:
            offsets.append(at)
    at = content.find(b"ftyp")
    if at >= 4 and content[at - 4 : at - 2] == b"\0\0":
        offsets.append(at - 4)
    if not offsets:
        return None
    first = min(offsets)
    container = from_magic(content[first:])
    return None if container is None else (first, container)


def _could_be_size(field: bytes) -> bool:
    size = int.from_bytes(field, "big")
    return size in (0, 1) or size >= 8
