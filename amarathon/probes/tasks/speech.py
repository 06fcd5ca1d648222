"""Tasks about speech: what is said, in which language, by whom, how fast, and whether by a person."""

from collections import Counter
from collections.abc import Iterator, Sequence

from amarathon.construction.mini.dictation import load_prompt, prompt_files
from amarathon.construction.mini.vocabulary import CLASSES
from amarathon.construction.mini.voices import ACCENTS, AUTHOR, VARIANTS
from amarathon.construction.rendering import Origin
from amarathon.construction.seeds import chosen, generator, shuffled
from amarathon.construction.speech.adventure import ARCHIVE, archive
from amarathon.construction.speech.cast import ROLES
from amarathon.construction.synthesis import Utterance, synthesise
from amarathon.datasets.licences import OWN
from amarathon.files import file_sha256
from amarathon.packages.declared import (
    ADVENTURE,
    DIALOGUE_NL,
    HEDGEWARS,
    PROMPTS_EN,
    PROMPTS_ES,
    PROMPTS_FR,
    PROMPTS_IT,
    PROMPTS_RU,
    DebianPackage,
)
from amarathon.packages.fetching import unpacked
from amarathon.probes.clips import SPLITS, ProbeClip, ProbeTask, Split, split_groups
from amarathon.probes.tasks.files import readable

_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_LANGUAGES = ("en-us", "de", "fr", "es", "it", "pl", "sv", "fi")
_RATES = {"slow": 105, "normal": 165, "fast": 260}
_PROMPTS = {"en": PROMPTS_EN, "es": PROMPTS_ES, "fr": PROMPTS_FR, "it": PROMPTS_IT, "ru": PROMPTS_RU}
_LEAST_S, _MANY = 0.8, 40
_PHRASES: dict[Split, int] = {"train": 10, "validation": 3, "test": 6}
_DIALOGUE = "usr/share/games/fillets-ng/sound"
# Shorter files are placeholders for what was never spoken.
_LEAST_BYTES = 12_000


def _variants() -> Iterator[tuple[Split, str]]:
    for split in SPLITS:
        for variant in sorted(name for names in VARIANTS[split].values() for name in names):
            yield split, variant


def _spoken(
    split: Split, label: str, number: int, voice: str, variant: str, utterance: Utterance
) -> ProbeClip:
    sound = synthesise(voice, [utterance])[0].samples
    origin = Origin(f"espeak-ng/{variant}", OWN, AUTHOR)
    return ProbeClip(f"{variant}-{label}-{number}", label, split, f"voice {variant}", sound, origin)


def _words(task: str, words: Sequence[str]) -> Iterator[ProbeClip]:
    for split, variant in _variants():
        rng = generator("probe", task, variant)
        for word in words:
            utterance = Utterance(f"{word}.", int(rng.integers(135, 195)), int(rng.integers(35, 65)))
            yield _spoken(split, word, 0, f"{chosen(rng, ACCENTS)}+{variant}", variant, utterance)


def _digits() -> Iterator[ProbeClip]:
    return _words("digit", _DIGITS)


def _keywords() -> Iterator[ProbeClip]:
    return _words("keyword", CLASSES["object"])


def _languages() -> Iterator[ProbeClip]:
    """Numbers, which espeak-ng reads out in every language: no text gives the language away."""
    for split, variant in _variants():
        for language in _LANGUAGES:
            rng = generator("probe language", variant, language)
            numbers = " ".join(str(rng.integers(100, 1000)) for _ in range(3))
            yield _spoken(split, language, 0, f"{language}+{variant}", variant, Utterance(numbers))


def _rates() -> Iterator[ProbeClip]:
    for split, variant in _variants():
        for label, rate in _RATES.items():
            for number in range(2):
                rng = generator("probe rate", variant, label, number)
                words = " ".join(chosen(rng, CLASSES["place"]) for _ in range(8))
                utterance = Utterance(words, round(rate * float(rng.uniform(0.94, 1.06))))
                yield _spoken(split, label, number, f"en-us+{variant}", variant, utterance)


def _long_prompts(package: DebianPackage) -> Iterator[tuple[str, ProbeClip]]:
    """Whole sentences of a package, not the digits and letters in its folders."""
    for name, path in sorted(prompt_files(package).items()):
        # One of the Russian files is empty.
        if "/" not in name and path.stat().st_size > 0:
            clip = load_prompt(package, name, path)
            if clip.duration_s >= _LEAST_S:
                yield name, ProbeClip(name, "", "train", name, clip.samples, clip.origin)


def _prompt_languages() -> Iterator[ProbeClip]:
    found = {language: dict(_long_prompts(package)) for language, package in _PROMPTS.items()}
    common = sorted(set.intersection(*(set(names) for names in found.values())))
    names = shuffled(common, "probe prompts")[:_MANY]
    splits = split_groups(names, "prompt-language")
    for language, prompts in found.items():
        for name in names:
            clip = prompts[name]
            yield ProbeClip(f"{language}-{name}", language, splits[name], name, clip.samples, clip.origin)


def _lines(actor: str, most: int) -> Iterator[ProbeClip]:
    """An actor's lines of a second or more, dialogue by dialogue."""
    path = unpacked(ADVENTURE) / ARCHIVE
    game = archive(path)
    for role in (role for role in ROLES.values() if role.actor == actor):
        for dialogue in role.dialogues:
            lines = [line for line in game.lines(dialogue) if line.hero == role.hero]
            kept = 0
            for line in shuffled(lines, "probe lines", dialogue):
                if kept == most:
                    break
                sound = game.sound(line)
                if len(sound) >= 16_000:
                    kept += 1
                    source = f"{ADVENTURE.name}/{line.file}"
                    origin = Origin(source, ADVENTURE.licence, actor)
                    yield ProbeClip(f"{role.name}-{line.file}", actor, "train", dialogue, sound, origin)


def _actors() -> Iterator[ProbeClip]:
    """Actors with three dialogues or more; one whole dialogue of each is tested, one validates."""
    for actor in sorted({role.actor for role in ROLES.values() if not role.hero}):
        own = {dialogue for role in ROLES.values() if role.actor == actor for dialogue in role.dialogues}
        if len(own) < 3:
            continue
        splits = split_groups(sorted(own), "actor", actor)
        for clip in _lines(actor, 8):
            yield ProbeClip(clip.id, actor, splits[clip.group], clip.group, clip.samples, clip.origin)


# Whose voices a model learns a gender from, and on whose it is tested; none is in two.
_VOICES: dict[Split, dict[str, tuple[str, ...]]] = {
    "train": {
        "female": ("Debbie Arnold", "Lisa Valdez"),
        "male": ("Jon Coleman", "Barry James", "Bill Hootkins"),
    },
    "validation": {"female": ("Regina Reagan",), "male": ("Enn Reitel",)},
    "test": {"female": ("Penelope Keith", "Jessica Martin"), "male": ("Tom Hill",)},
}


def _genders() -> Iterator[ProbeClip]:
    for split, genders in _VOICES.items():
        for gender, actors in genders.items():
            for actor in actors:
                for clip in list(_lines(actor, 8))[:24]:
                    yield ProbeClip(clip.id, gender, split, actor, clip.samples, clip.origin)
    # The small fish is a woman's voice, the big one a man's; the woman of the prompts is a third.
    for letter, gender in (("m", "female"), ("v", "male")):
        for clip in _dutch(letter, 16):
            yield ProbeClip(clip.id, gender, "test", clip.group, clip.samples, clip.origin)
    for clip in _spoken_prompts("es", 16):
        yield ProbeClip(clip.id, "female", "test", "prompts es", clip.samples, clip.origin)
    for clip in _spoken_prompts("ru", 16):
        yield ProbeClip(clip.id, "male", "test", "prompts ru", clip.samples, clip.origin)


def _dutch(letter: str, count: int) -> Iterator[ProbeClip]:
    """Lines of one of the two speakers of the Dutch dialogue."""
    folder = unpacked(DIALOGUE_NL) / _DIALOGUE
    files = [path for path in folder.glob(f"*/nl/*-{letter}-*.ogg") if path.stat().st_size > _LEAST_BYTES]
    names = {path.relative_to(folder).as_posix(): path for path in files}
    chosen_names = shuffled(sorted(names), "probe dialogue")[:count]
    for path, sound in readable(names[name] for name in chosen_names):
        source = f"{DIALOGUE_NL.name}/{path.parent.parent.name}/{path.name}"
        origin = Origin(source, DIALOGUE_NL.licence, DIALOGUE_NL.author)
        name = f"nl-{path.parent.parent.name}-{path.stem}"
        yield ProbeClip(name, "", "train", f"nl {letter}", sound, origin)


def _spoken_prompts(language: str, count: int) -> Iterator[ProbeClip]:
    prompts = dict(_long_prompts(_PROMPTS[language]))
    for name in shuffled(sorted(prompts), "probe prompts of", language)[:count]:
        clip = prompts[name]
        yield ProbeClip(f"{language}-{name}", "", "train", language, clip.samples, clip.origin)


_RECORDED: dict[Split, tuple[str, ...]] = {"train": ("en", "fr"), "validation": ("it",), "test": ("ru",)}


def _real_or_made() -> Iterator[ProbeClip]:
    for split, languages in _RECORDED.items():
        for language in languages:
            for clip in _spoken_prompts(language, 24):
                yield ProbeClip(clip.id, "recorded", split, language, clip.samples, clip.origin)
    for letter in "mv":
        for clip in _dutch(letter, 12):
            yield ProbeClip(clip.id, "recorded", "test", clip.group, clip.samples, clip.origin)
    for split, variant in _variants():
        for number in range({"train": 3, "validation": 5, "test": 6}[split]):
            rng = generator("probe synthetic", variant, number)
            words = " ".join(chosen(rng, CLASSES["place"]) for _ in range(6))
            language = chosen(rng, ("en-us", "fr", "it", "ru", "nl"))
            yield _spoken(split, "synthetic", number, f"{language}+{variant}", variant, Utterance(words))


def _voice_packs() -> Iterator[ProbeClip]:
    """Phrases that most packs have; a phrase is in one split, whoever says it."""
    root = unpacked(HEDGEWARS) / "usr/share/games/hedgewars/Data/Sounds/voices"
    packs = sorted(path.name for path in root.iterdir() if path.is_dir())
    phrases = sorted({path.stem for path in root.glob("*/*.ogg")})
    common = [name for name in phrases if sum((root / pack / f"{name}.ogg").exists() for pack in packs) > 10]
    splits = split_groups(common, "voice-pack")
    # What two packs have in common tells neither.
    content = Counter(file_sha256(path) for path in root.glob("*/*.ogg") if not path.is_symlink())
    for pack in packs:
        kept = dict.fromkeys(SPLITS, 0)
        for phrase in shuffled(common, "probe packs"):
            path, split = root / pack / f"{phrase}.ogg", splits[phrase]
            # Packs borrow phrases from one another by links.
            if not path.exists() or path.is_symlink() or kept[split] == _PHRASES[split]:
                continue
            if content[file_sha256(path)] > 1:
                continue
            for _, sound in readable([path]):
                kept[split] += 1
                origin = Origin(f"{HEDGEWARS.name}/{pack}/{phrase}", HEDGEWARS.licence, HEDGEWARS.author)
                yield ProbeClip(f"{pack}-{phrase}", pack, split, phrase, sound, origin)


_MADE = "Synthetic voices (espeak-ng)."
SPEECH = (
    ProbeTask("digit", "Spoken digit", "speech", "voices", 1.5, _digits, note=_MADE),
    ProbeTask("keyword", "Spoken word, of twelve", "speech", "voices", 1.5, _keywords, note=_MADE),
    ProbeTask(
        "language", "Language of spoken numbers, of eight", "speech", "voices", 3.0, _languages, note=_MADE
    ),
    ProbeTask("rate", "Speaking rate, of three", "speech", "voices", 2.5, _rates, note=_MADE),
    ProbeTask(
        "prompt-language",
        "Language of recorded prompts, of five",
        "speech",
        "prompts",
        2.5,
        _prompt_languages,
        tuple(_PROMPTS.values()),
        "One voice to a language (English and Spanish the same): it measures the voice as much.",
    ),
    ProbeTask("actor", "Actor", "speech", "dialogues", 2.5, _actors, (ADVENTURE,)),
    ProbeTask(
        "gender",
        "Woman's or man's voice",
        "speech",
        "speakers",
        2.5,
        _genders,
        (ADVENTURE, DIALOGUE_NL, PROMPTS_ES, PROMPTS_RU),
        "Seven speakers are tested.",
    ),
    ProbeTask(
        "recorded",
        "Recorded or synthetic speech",
        "speech",
        "speakers",
        2.5,
        _real_or_made,
        (PROMPTS_EN, PROMPTS_FR, PROMPTS_IT, PROMPTS_RU, DIALOGUE_NL),
        "Recordings and synthesis differ in more than the voice: bandwidth, room, noise.",
    ),
    ProbeTask(
        "voice-pack", "Voice of a game, of fifteen", "speech", "phrases", 2.0, _voice_packs, (HEDGEWARS,)
    ),
)
