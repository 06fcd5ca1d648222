"""Every benchmark, what it is run with and how long it may take: `python -m benchmarks` goes through them."""

from dataclasses import dataclass
from pathlib import Path

# Seconds that all of them together may take, whole and quick.
WHOLE_S, QUICK_S = 1800, 300
_ROOT = Path(__file__).resolve().parents[1]
KVPRESS = _ROOT / ".venv-kvpress/bin/python"
LABEL_STUDIO = _ROOT / ".venv-label-studio/bin/label-studio"


@dataclass(frozen=True)
class Asked:
    """One way to run a benchmark.

    Attributes
    ----------
    limit_s : float
        Then it is ended, and named.
    arguments : str
        Separated by spaces.
    """

    limit_s: float
    arguments: str = ""

    @property
    def words(self) -> list[str]:
        """The arguments one by one."""
        return self.arguments.split()


@dataclass(frozen=True)
class Benchmark:
    """A module of this package whose `main` prints JSON.

    Attributes
    ----------
    name : str
        Behind ``benchmarks.``.
    heading : str
        What its rows stand under.
    whole : Asked
    quick : Asked or None
        For ``--quick``; None leaves it out there.
    program : Path or None
        The interpreter of an environment of its own.
    needs : Path or None
        What has to be installed beside it.
    """

    name: str
    heading: str
    whole: Asked
    quick: Asked | None = None
    program: Path | None = None
    needs: Path | None = None


_MODEL, _WORK = "Compression and its arithmetic", "Evaluation"
BENCHMARKS = (
    Benchmark("start", "Start", Asked(60), Asked(45, "--repeats 2")),
    Benchmark("threads", "Threads that suit the machine", Asked(230, "--within 180 --limit 15")),
    Benchmark("pipeline", _WORK, Asked(180), Asked(55, "--samples 4 --grid-samples 0")),
    Benchmark("services", _WORK, Asked(60, "--seconds 5 30")),
    Benchmark("analysis", "Analysis", Asked(60), Asked(25, "--repeats 1")),
    Benchmark("audio_files", "Audio", Asked(90), Asked(20, "--quick --repeats 2")),
    Benchmark("bfloat16", "bfloat16", Asked(90, "--limit 1")),
    Benchmark("added_work", _MODEL, Asked(70), Asked(15, "--tokens 1500")),
    Benchmark("pruned_prefill", _MODEL, Asked(70, "--repeats 3"), Asked(20, "--tokens 1500 --repeats 2")),
    Benchmark("sweep", _MODEL, Asked(200), Asked(30, "--tokens 750")),
    Benchmark("decoding", _MODEL, Asked(40), Asked(15, "--tokens 1500 --repeats 2")),
    Benchmark("replies", _MODEL, Asked(40), Asked(15, "--tokens 1500 --repeats 2")),
    Benchmark("fastv_row", _MODEL, Asked(40)),
    Benchmark("kvpress_env.presses", "Beside kvpress", Asked(90), program=KVPRESS),
    Benchmark("whisper", "Speech beside transformers", Asked(60, "--seconds 120")),
    Benchmark("growth", "Growth", Asked(220), Asked(60, "--quick")),
    Benchmark("leaderboard", "The leaderboard with many rows", Asked(60, "--rows 500")),
    Benchmark("label_studio", "Beside Label Studio", Asked(100, "--rounds 1"), needs=LABEL_STUDIO),
    Benchmark("human_eval_load", "People at once", Asked(40, "--people 50 --seconds 20")),
)
# What has pages of its own, or wants what `make bench` does not set up; each with why.
LEFT_OUT = {
    "binaural": "a diagnostic of encoders, with a page of its own",
    "coverage": "simulates intervals, ten minutes for a page of its own",
    "demo_estimates": "wants a served app whose estimates it follows",
    "demo_memory": "fifty comparisons; prints how memory stays flat",
    "gpu": "wants a GPU",
    "human_eval_hour": "an hour of forty simulated people",
}
