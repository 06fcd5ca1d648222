"""What the card of AudioMarathon-mini says of each task: what is real in it and what is made by rule."""

from collections.abc import Mapping

SUMMARY = (
    "AudioMarathon-mini is a small long-audio benchmark of the ten AudioMarathon tasks, made from freely "
    "licensed material so that it can be built anywhere. Scores on it compare methods and models with one "
    "another on this set. They do not compare with the published AudioMarathon tables: sources, voices and "
    "questions are different ones."
)

TASKS: Mapping[str, str] = {
    "SER": "Synthetic speech (espeak-ng). One person, city, month or day is named several times.",
    "SCR": "Synthetic speech (espeak-ng). Four people and four things are told of; which belong together?",
    "ASR": (
        "Synthetic speech (espeak-ng) in a vocabulary of about 190 words. One sample in six of the test is "
        "recorded speech: single words of one real speaker, put together. She is in the test only."
    ),
    "SED": (
        "Recorded animals (Tux Paint, Scratch, GCompris), few recordings a class, and household and street "
        "sounds computed by rule, half of the questions each. The background is computed noise."
    ),
    "MC": (
        "Accompaniments played from MMA grooves with a General MIDI SoundFont; each genre has its own "
        "instruments by rule, and in half of the training clips they play other genres' grooves, of which "
        "there are few. No song, singer or band."
    ),
    "ASC": "Scenes composed by rule from computed layers. No field recording is in it.",
    "SD": (
        "Recorded prompts of real speakers (Asterisk). In fake samples half of the prompts have their voice "
        "replaced by a pulse train or by noise; envelope, level, band and joints are the same. The test "
        "speaks English, validation Russian, training French and Italian: a package has one speaker."
    ),
    "ER": "Synthetic speech; the emotion is acted by rule (pace, pitch, melody, tremor, harshness).",
    "SAR": "Synthetic speech; the age is five steps of one rule (slower, lower, duller, more tremulous).",
    "SGR": "Synthetic speech of male and female espeak-ng voices; those of the test are in no other split.",
}
