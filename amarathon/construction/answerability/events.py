"""A judge of sound events: the option whose AudioSet classes YAMNet hears most clearly."""

from collections.abc import Mapping

import numpy as np

from amarathon.construction.answerability.judging import SampleJudgement, Samples, chosen_option, clear_winner
from amarathon.construction.answerability.yamnet import YAMNET_NAME, classes, scores
from amarathon.tasks.sample import Sample

# What AudioSet calls the labels.
CLASSES: Mapping[str, tuple[str, ...]] = {
    "dog": ("Dog", "Bark", "Yip", "Howl", "Bow-wow", "Growling", "Whimper (dog)"),
    "cat": ("Cat", "Purr", "Meow", "Caterwaul"),
    "horse": ("Horse", "Clip-clop", "Neigh, whinny"),
    "cow": ("Cattle, bovinae", "Moo"),
    "pig": ("Pig", "Oink"),
    "sheep": ("Sheep", "Bleat", "Goat"),
    "duck": ("Duck", "Quack"),
    "rooster": ("Chicken, rooster", "Crowing, cock-a-doodle-doo"),
    "owl": ("Owl", "Hoot"),
    "alarm bell ringing": ("Fire alarm", "Alarm clock", "Smoke detector, smoke alarm", "Bell", "Buzzer"),
    "siren": ("Siren", "Civil defense siren", "Police car (siren)", "Ambulance (siren)"),
    "telephone": ("Telephone", "Telephone bell ringing", "Ringtone", "Telephone dialing, DTMF"),
    "clock": ("Clock", "Tick", "Tick-tock"),
    "knocking": ("Knock", "Tap", "Door", "Thump, thud"),
    "car horn": ("Vehicle horn, car horn, honking", "Air horn, truck horn", "Toot"),
}
_LOUDEST_SHARE = 0.1


class Events:
    """Answers with the option whose classes score highest where they score highest."""

    name = f"{YAMNET_NAME}; the option whose classes score highest"

    def __call__(self, sample: Sample, samples: Samples) -> SampleJudgement:
        """Compare the options' classes by the mean of each one's highest scores."""
        found = scores(samples)
        names = classes()
        most = max(1, round(len(found) * _LOUDEST_SHARE))
        clearest = np.sort(found, axis=0)[-most:].mean(axis=0)
        values = [
            max(float(clearest[names.index(name)]) for name in CLASSES[option.text.lower()])
            for option in sample.options
        ]
        return chosen_option(sample, clear_winner(values))
