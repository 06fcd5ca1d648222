"""What a link to a view of the leaderboard says of it."""

from collections.abc import Mapping

from leaderboard.printed import question_counts
from web.previews import Preview

# Title and description of each view, by its name in the address.
VIEWS = {
    "models": (
        "Leaderboard",
        "How well audio language models answer {count} questions about recordings of 90 to 300 seconds, "
        "on ten tasks, beside people.",
    ),
    "pruning": (
        "Token pruning",
        "How scores of audio language models fall as audio tokens are pruned, by method and share removed.",
    ),
    "eviction": (
        "Cache eviction",
        "How scores of audio language models fall as entries of the cache are evicted, by method and share.",
    ),
    "duration": (
        "Duration",
        "Scores of audio language models on long recordings beside short ones, by task.",
    ),
    "speed": (
        "Speed",
        "Seconds to the first token and memory of each compression, each measured alone on one machine.",
    ),
    "binaural": (
        "Binaural",
        "How far audio encoders hear phase between two ears, beside an ideal listener.",
    ),
    "benchmark": ("Benchmark", "What the {count} questions of the ten tasks are made of."),
    "compare": (
        "Compare models",
        "Chosen models side by side: paired differences on the same questions, with intervals.",
    ),
    "slices": ("Slices", "Scores by slices of the questions, such as language, accent or loudness."),
    "transcripts": (
        "Transcripts",
        "Which words are left out, put in or mistaken in transcripts of long speech.",
    ),
    "samples": ("Samples", "Recordings with their questions, and what each model answered."),
    "submit": ("Submit", "How to submit a run: its replies are checked and scored by this server."),
}
# Parameters that name a view, beside those of its own.
KEPT = ("view", "protocol", "q", "access", "source", "hide", "sort", "order", "score", "sample")
PROTOCOLS = {"published": "unreadable replies left out"}


def preview(parameters: Mapping[str, str]) -> Preview:
    """Of the view that an address names; the first one where it names none."""
    title, description = VIEWS.get(parameters.get("view", ""), VIEWS["models"])
    said = [description.format(count=f"{sum(question_counts().values()):,}")]
    if words := parameters.get("q", "").strip():
        said.append(f"Rows that match “{words[:60]}”.")
    if protocol := PROTOCOLS.get(parameters.get("protocol", "")):
        said.append(f"Measured runs with {protocol}.")
    return Preview(title, " ".join(said), KEPT)
