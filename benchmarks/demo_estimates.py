"""Are the demo's estimates right within a factor of two?

Asks a served app for comparisons of different size, and prints how long each took over what was foretold.
The app has loaded its models and nothing else: ``python app.py``, then
``python benchmarks/demo_estimates.py http://127.0.0.1:7860``.
"""

import sys
import time
from typing import Any

import httpx
from gradio_client import Client

DEMO = "/v1/demo"
PRUNED = ["frame@0.6", "fastv@0.6", "snapkv@0.5"]
GRID = [f"{method}@0.{amount}" for method in ("frame", "fastv", "snapkv") for amount in (3, 6)]
# Model, seconds of the example, configurations, reply limit; whether it is a transcript.
SIZES: list[tuple[str, float, list[str], int, bool]] = [
    ("small", 10, [], 8, True),
    ("small", 10, PRUNED, 64, True),
    ("small", 30, PRUNED, 8, True),
    ("small", 30, GRID, 128, True),
    ("small", 60, [], 256, True),
    ("small", 60, PRUNED, 64, True),
    ("small", 80, GRID, 16, True),
    ("small", 80, [], 300, True),
    ("whisper", 10, [], 100, True),
    ("whisper", 30, PRUNED, 200, True),
    ("whisper", 60, ["frame@0.6"], 400, True),
    ("whisper", 80, PRUNED, 600, True),
    ("small", 45, GRID, 40, False),
    ("small", 75, PRUNED, 8, False),
]


def main(address: str) -> None:
    """Print a line for each comparison and the largest factor."""
    factors = []
    page = Client(address, verbose=False)
    with httpx.Client(base_url=address, timeout=900) as client:
        whole = client.post(f"{DEMO}/examples/asr-calls").json()
        for model, seconds, configurations, limit, transcript in SIZES:
            end = min(seconds, whole["duration_s"])
            cut = client.post(f"{DEMO}/recordings/{whole['id']}/cut", params={"start": 0, "end": end}).json()
            content: dict[str, Any] = {
                "recording": cut["id"],
                "task": "ASR" if transcript else "free",
                "question": "" if transcript else "What is this about?",
                "configurations": ["vanilla", *configurations],
                "max_new_tokens": limit,
                "model": model,
            }
            expected = client.post(f"{DEMO}/estimate", json=content).json()["estimate"]["seconds"]
            took = compare(page, client, content)
            factor = took / expected["value"]
            factors.append(max(factor, 1 / factor))
            within = "inside" if expected["low"] <= took <= expected["high"] else "outside"
            print(
                f"{model:8} {end:5.0f} s {len(configurations) + 1:2} configurations, {limit:4} tokens: "
                f"foretold {expected['value']:6.1f} s, took {took:6.1f} s, x {factor:.2f}, {within}",
                flush=True,
            )
    good = sum(factor <= 2 for factor in factors)
    print(f"{good} of {len(factors)} within a factor of 2; {max(factors):.2f} at most")


def compare(page: Client, client: httpx.Client, content: dict[str, Any]) -> float:
    """Seconds that a comparison takes, from its start to its end."""
    key = client.cookies["amarathon_visitor"]
    asked = {name: value for name, value in content.items() if name != "recording"}
    began = time.monotonic()
    page.predict(recording=f"{content['recording']}-{key}", **asked, api_name="/compare")
    return time.monotonic() - began


if __name__ == "__main__":
    main(sys.argv[1])
