"""What a grid of configurations shows: a page in Markdown, every figure and sentence from a run's records.

Scores are strict. Differences are paired by sample, their intervals and tests are those of
`amarathon.runs.paired`; q-values are corrected within each table.
"""

from collections.abc import Iterable, Sequence

from amarathon.compression import Configuration
from amarathon.compression.configuration import VANILLA
from amarathon.errors import RunError
from amarathon.metrics.cells import OVERALL
from amarathon.runs.markdown import number, table
from amarathon.runs.paired import Pair, PairedComparison, answers_by_configuration, compare
from amarathon.runs.reading import Run
from amarathon.runs.records import Prediction, RunHeader
from amarathon.runs.services import what_varies
from amarathon.runs.summary import Summary, summary_of
from amarathon.tasks import EVERY_TASK

# A difference is called one where its q-value is below this.
LEVEL = 0.05
CONTROL, CONTRASTED, RIVAL = "random", "frame", "fastv"

# The mean over tasks of each configuration.
Overalls = dict[str, float | None]


def findings(run: Run, short: Run | None = None) -> str:
    """Write the page.

    Parameters
    ----------
    run : Run
        A grid with ``vanilla`` in it.
    short : Run, optional
        The same grid on the matched short versions of the questions.

    Raises
    ------
    RunError
        The run has no ``vanilla``, or its records cannot be read.
    ScoreError
        If a record lacks what its task's score needs.
    """
    answers = answers_by_configuration(run)
    if VANILLA not in answers:
        raise RunError(f"{run.header.run_id} has no configuration {VANILLA} to compare with.")
    summary = summary_of(run)
    parts = [
        _about(run, summary),
        _scores(run, summary),
        _repeats(run, summary),
        _prunings(summary, answers),
        _contrasts(answers),
        _evictions(answers),
    ]
    if short is not None:
        parts.append(_durations(short, _overalls(summary), _overalls(summary_of(short))))
    return "\n\n".join(part for part in parts if part) + "\n"


_SEEDED = {"seed": "", "sample": ", mixed with each sample's id", "recording": ", mixed with each recording"}


def _about(run: Run, summary: Summary) -> str:
    header = run.header
    hardware = ", ".join(f"{name} {value}" for name, value in header.hardware.items())
    notice = f" {header.model.notice}" if header.model.notice else ""
    commits = dict.fromkeys((commit or "unknown")[:12] for commit in _commits(header))
    return (
        f"# What pruning and eviction do to `{header.model.name}` on {header.dataset.name}\n\n"
        f"Measured here, strict protocol {header.protocol_version}: {summary.answered} answers of "
        f"{summary.planned} to {header.dataset.count} samples, {summary.failed} failed.{notice}\n\n"
        f"Model revision `{header.model.revision}`, {header.model.dtype}; data "
        f"`{header.dataset.sha256[:12]}`; commit `{'`, continued at `'.join(commits)}`; "
        f"seed {header.seed}{_SEEDED[header.seeding]}; {hardware}."
    )


def _commits(header: RunHeader) -> list[str | None]:
    return [header.commit, *(session.commit for session in header.continued)]


def _scores(run: Run, summary: Summary) -> str:
    breakdowns = summary.breakdowns
    codes = [code for code in EVERY_TASK if code in run.header.dataset.tasks]
    rows = []
    for name, breakdown in breakdowns.items():
        cells = {cell.task: cell.score for cell in breakdown.headlines()}
        rows.append([f"`{name}`", *(number(cells.get(code)) for code in (*codes, OVERALL))])
    return "## Scores\n\n" + table(["Configuration", *codes, "Mean"], rows)


def _repeats(run: Run, summary: Summary) -> str:
    spreads = summary.breakdowns[VANILLA].repeats
    if not spreads:
        return ""
    rows = [
        [
            "Mean" if spread.task == OVERALL else spread.task,
            number(spread.mean),
            f"{spread.low:.1f} to {spread.high:.1f}",
            f"{min(spread.scores):.1f} to {max(spread.scores):.1f}",
            f"{spread.varied} of {spread.count}",
        ]
        for spread in spreads
    ]
    head = ["Task", "Mean over repeats", "95% interval", "Repeats", "Questions answered differently"]
    return f"## Asked again\n\n{what_varies(run.header)}\n\n" + table(head, rows)


def _prunings(summary: Summary, answers: dict[str, list[Prediction]]) -> str:
    names = [name for name in answers if Configuration.parse(name).pruning]
    compared = compare([Pair(name, answers[VANILLA], answers[name]) for name in names])
    if not compared:
        return ""
    rows = []
    for name in names:
        own = [comparison for comparison in compared if comparison.system == name]
        fallen = [
            _fall(comparison)
            for comparison in own
            if comparison.task != OVERALL and comparison.difference < 0
        ]
        rows.append([f"`{name}`", *_difference(_overall(own)), ", ".join(filter(None, fallen)) or "none"])
    head = ["Pruning", "Mean against vanilla", "95% interval", "q", "Tasks that fall"]
    unmoved = [row[0] for row in rows if row[-1] == "none"]
    sentence = f"No task falls under {', '.join(unmoved)}." if unmoved else "Every pruning lowers some task."
    groups = ", ".join(
        f"{cell.task} {cell.clusters}"
        for cell in summary.breakdowns[VANILLA].headlines()
        if cell.task != OVERALL
    )
    return (
        f"## Token pruning\n\n{sentence} A task falls where the 95% interval of its difference lies below "
        f"zero; in bold where q < {LEVEL} as well; in brackets where its recordings are too "
        "few for an interval, so that the fall may be chance.\n\n"
        f"Groups of samples that share no recording or voice with others: {groups}. The fewer there are, the "
        f"less a test can show.{_conditional(compared)}\n\n" + table(head, rows)
    )


def _conditional(compared: Iterable[PairedComparison]) -> str:
    """What intervals of means are conditional on; a sentence with a space before it, or nothing."""
    fixed = dict.fromkeys(code for comparison in compared for code in comparison.held_fixed)
    if not fixed:
        return ""
    return (
        f" Intervals of the mean are conditional on the recordings of {', '.join(fixed)}, which are too few "
        "to say how others would score."
    )


def _fall(comparison: PairedComparison) -> str | None:
    """A task and its points, if it falls."""
    words = f"{comparison.task} {comparison.difference:+.1f}"
    if comparison.interval is None:
        return f"({words})"
    if comparison.interval.high >= 0:
        return None
    return f"**{words}**" if _differs(comparison) else words


def _contrasts(answers: dict[str, list[Prediction]]) -> str:
    """Each pruning against random pruning of the same amount, and Frame against FastV."""
    pairs = []
    for name in answers:
        method, _, amount = name.partition("@")
        rivals = [CONTROL, RIVAL] if method == CONTRASTED else [CONTROL]
        if Configuration.parse(name).pruning and method != CONTROL:
            present = [f"{rival}@{amount}" for rival in rivals if f"{rival}@{amount}" in answers]
            pairs += [Pair(f"{name} over {other}", answers[other], answers[name]) for other in present]
    compared = [
        comparison for comparison in compare(pairs) if comparison.task in (OVERALL, _only_task(answers))
    ]
    if not compared:
        return ""
    sentences = [
        _contrast(comparison) for comparison in compared if comparison.system.startswith(f"{CONTRASTED}@")
    ]
    rows = [[f"`{comparison.system}`", *_difference(comparison)] for comparison in compared]
    parts = [
        "## Against random pruning",
        "\n".join(f"- {sentence}" for sentence in sentences),
        _conditional(compared).strip(),
        table(["Contrast", "Difference", "95% interval", "q"], rows),
    ]
    return "\n\n".join(part for part in parts if part)


def _contrast(comparison: PairedComparison) -> str:
    system, baseline = (f"`{name}`" for name in comparison.system.split(" over "))
    q_value = f"q = {comparison.q_value:.3f}"
    if not _differs(comparison):
        return f"{system} and {baseline} do not differ ({comparison.difference:+.1f} points, {q_value})."
    words = "above" if comparison.difference > 0 else "below"
    return f"{system} is {abs(comparison.difference):.1f} points {words} {baseline} ({q_value})."


def _evictions(answers: dict[str, list[Prediction]]) -> str:
    names = [name for name in answers if Configuration.parse(name).eviction]
    if not names:
        return ""
    vanilla = {answer.sample_id: answer for answer in answers[VANILLA] if answer.error is None}
    transcripts = [answer for answer in vanilla.values() if not EVERY_TASK[answer.task].is_multiple_choice]
    written = {EVERY_TASK[answer.task].is_transcription for answer in transcripts}
    score = "BLEU" if written == {False} else "Word accuracy"
    transcribed = {transcript.sample_id for transcript in transcripts}
    compared = {
        comparison.system: comparison
        for comparison in compare(
            [Pair(name, transcripts, _of(answers[name], transcribed)) for name in names]
        )
    }
    rows, unchanged = [], []
    for name in names:
        letters = [
            answer for answer in answers[name] if answer.error is None and answer.sample_id not in transcribed
        ]
        pairs = [(answer, vanilla[answer.sample_id]) for answer in letters if answer.sample_id in vanilla]
        same = sum(evicted.answer_read == full.answer_read for evicted, full in pairs)
        unchanged.append(same == len(pairs))
        cells = _difference(compared[name]) if name in compared else ["-", "-", "-"]
        rows.append([f"`{name}`", f"{same} of {len(pairs)}", *cells])
    sentence = (
        "Evictions act behind the prefill: every answer to a choice is the one that vanilla gives."
        if all(unchanged)
        else "Some answers to choices change under eviction, where a reply has more than one token."
    )
    head = ["Eviction", "Choices answered as by vanilla", score, "95% interval", "q"]
    return f"## KV-cache eviction\n\n{sentence}\n\n" + table(head, rows)


def _durations(short: Run, long_cells: Overalls, short_cells: Overalls) -> str:
    rows = [
        [f"`{name}`", number(short_cells[name]), number(score)]
        for name, score in long_cells.items()
        if name in short_cells
    ]
    title = f"## Short and long\n\nThe same questions on {short.header.dataset.name}: "
    return f"{title}{short.header.dataset.count} samples.\n\n" + table(
        ["Configuration", "Short", "Long"], rows
    )


def _overalls(summary: Summary) -> Overalls:
    return {
        name: next((cell.score for cell in breakdown.cells if _is_overall(cell.task, cell.protocol)), None)
        for name, breakdown in summary.breakdowns.items()
    }


def _is_overall(task: str, protocol: str) -> bool:
    return (task, protocol) == (OVERALL, "strict")


def _only_task(answers: dict[str, list[Prediction]]) -> str | None:
    """The one task of a run that has no mean over tasks."""
    codes = {answer.task for answer in answers[VANILLA]}
    return codes.pop() if len(codes) == 1 else None


def _of(predictions: Iterable[Prediction], samples: set[str]) -> list[Prediction]:
    return [prediction for prediction in predictions if prediction.sample_id in samples]


def _overall(compared: Sequence[PairedComparison]) -> PairedComparison:
    return next((comparison for comparison in compared if comparison.task == OVERALL), compared[-1])


def _differs(comparison: PairedComparison) -> bool:
    return comparison.q_value < LEVEL


def _difference(comparison: PairedComparison) -> list[str]:
    interval = (
        f"{comparison.interval.low:+.1f} to {comparison.interval.high:+.1f}" if comparison.interval else "-"
    )
    return [f"{comparison.difference:+.1f}", interval, f"{comparison.q_value:.3f}"]
