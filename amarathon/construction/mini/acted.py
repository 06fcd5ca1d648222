"""Sentences without a meaning for the task, spoken by one voice in one manner."""

from amarathon.construction.mini.manner import Manner
from amarathon.construction.mini.plan import Plan
from amarathon.construction.mini.talk import Talk, talk
from amarathon.construction.mini.vocabulary import FILLERS, any_sentence
from amarathon.construction.mini.voices import Voice
from amarathon.construction.synthesis import Utterance


def talk_in_manner(plan: Plan, voice: Voice, manner: Manner) -> Talk:
    """Let a voice speak in a manner for as long as the sample lasts."""
    words = plan.random("sentences")

    def utterance() -> Utterance:
        text = any_sentence(FILLERS, plan.split, words)
        return Utterance(text, manner.words_per_minute, 50 + manner.pitch, manner.pitch_range)

    return talk(
        voice,
        iter(utterance, None),
        plan.seconds,
        plan.random_at_length("timing"),
        gap_s=manner.gap_s,
        effect=manner.applied,
    )
