"""Google's Gemini API, in its own form: it tells why it blocks, and how much was thought."""

from amarathon.models.remote.service import Price, Service

SERVICE = Service(
    name="gemini",
    title="Gemini",
    wire="gemini",
    extra="gemini",
    key_variable="GEMINI_API_KEY",
    base_url="https://generativelanguage.googleapis.com",
    key_header="x-goog-api-key",
    form="flac",
    forms=("flac", "wav", "mp3"),
    # Nine and a half hours.
    max_audio_s=34_200.0,
    tokens_per_second=32.0,
    keeps="Without billing it trains on what it is sent, and people may read it; with billing it keeps it "
    "for 55 days against abuse (ai.google.dev/gemini-api/terms, read on 26 November 2026).",
    example="gemini-2.5-flash-lite",
    prices=(
        Price(
            model="gemini-2.5-flash-lite",
            text=0.10,
            audio=0.30,
            output=0.40,
            on="2026-11-26",
            source="genai-prices 0.2.3",
        ),
        Price(
            model="gemini-3.5-flash-lite",
            text=0.30,
            audio=0.30,
            output=2.50,
            on="2026-11-26",
            source="genai-prices 0.2.3",
            note="no price of its own for audio is known; taken as text",
        ),
        Price(
            model="gemini-3.8-flash",
            text=0.75,
            audio=0.75,
            output=3.75,
            on="2026-11-26",
            source="genai-prices 0.2.3",
            until="2026-12-31",
            note="no price of its own for audio is known; taken as text",
        ),
    ),
)
