"""What a reviewer checks of a sample, task by task."""

from collections.abc import Mapping

from amarathon.tasks import Task

AUDIO = "The audio plays to its end without a fault."
DURATION = "The duration is as stated."
NO_LEAK = "Nothing but the content gives the answer away: no audible cut, no jump in loudness."
COMMON_TO_CHOICES = {
    "answerable": "The question can be answered from the audio.",
    "one_option": "Exactly one option is right.",
    "label": "The answer that the dataset gives is right.",
}
# What the label of a task stands for, where it can be put more precisely.
LABELS: Mapping[str, str] = {
    "SER": "The entity named as the answer is spoken, as the question asks.",
    "SCR": "The passage says what the answer says.",
    "SED": "The event named as the answer is heard, and the others are not.",
    "MC": "The genre is right from beginning to end.",
    "ASC": "The scene is right from beginning to end.",
    "SD": "The speech is real where the dataset says so, and made by a machine where it says so.",
    "ER": "The emotion is right, and one speaker has it throughout.",
    "SAR": "The age of the speaker is plausible.",
    "SGR": "The gender of the speaker is right, and there is one speaker.",
}


def checklist(task: Task) -> dict[str, str]:
    """The points to check, by the names that they are stored under."""
    points = {"audio": AUDIO}
    if task.is_multiple_choice:
        points |= COMMON_TO_CHOICES
        points["label"] = LABELS.get(task.code, points["label"])
    else:
        points["transcript"] = "The transcript is what the speakers say, word for word."
    return points | {"duration": DURATION, "no_leak": NO_LEAK}
