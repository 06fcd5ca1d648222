"""OpenAI's chat completions."""

from amarathon.models.remote.service import Price, Service

SERVICE = Service(
    name="openai",
    title="OpenAI",
    wire="chat",
    extra="openai",
    key_variable="OPENAI_API_KEY",
    base_url="https://api.openai.com/v1",
    # 128,000 tokens of context, at ten a second, with room for words.
    max_audio_s=12_000.0,
    # 20 MB of base64, which is 15 MB of a file: 460 s of WAV and a little, half an hour of MP3.
    max_bytes=460 * 32_000,
    forms=("wav", "mp3"),
    tokens_per_second=10.0,
    bound_field="max_completion_tokens",
    body={"modalities": ["text"], "temperature": 0, "seed": 0},
    keeps="It does not train on what comes through its API and keeps it for 30 days (its guide to your data, "
    "read on 26 November 2026).",
    example="gpt-audio-1.5",
    prices=(
        Price(
            model="gpt-audio-1.5",
            text=2.50,
            audio=32.0,
            output=10.0,
            on="2026-11-26",
            source="developers.openai.com/api/docs/models",
        ),
    ),
)
