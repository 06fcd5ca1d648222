"""A comparison as one HTML page that needs nothing else: no script, no picture, no style from elsewhere."""

from collections.abc import Callable, Sequence
from html import escape

from live_demo.figures import ConfigurationFigures
from live_demo.lane_pictures import lane_of
from live_demo.reproduction import script_of
from live_demo.results import ComparisonResults

_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }}
table {{ border-collapse: collapse; display: block; overflow-x: auto; }}
th, td {{ padding: 0.2rem 0.6rem; text-align: right; border-bottom: 1px solid #8888; }}
td {{ white-space: nowrap; }}
th:first-child, td.text {{ text-align: left; white-space: normal; }}
dt {{ font-weight: 600; }} dd {{ margin: 0 0 0.5rem; white-space: pre-wrap; overflow-wrap: anywhere; }}
.reply {{ white-space: pre-wrap; overflow-wrap: anywhere; }}
del {{ opacity: 0.6; }} ins {{ text-decoration: underline; font-weight: 600; }}
figure {{ margin: 0.8rem 0; }} svg {{ width: 100%; height: 2.2rem; color: inherit; }}
pre {{ overflow-x: auto; padding: 0.8rem; border: 1px solid #8888; }}
.notice {{ border-left: 4px solid; padding-left: 0.8rem; }}
</style>
</head>
<body>
<h1>{title}</h1>
{parts}
</body>
</html>
"""


def _number(value: float | None, form: str = "{:.3g}") -> str:
    return "–" if value is None else form.format(value)


def _percent(value: float | None) -> str:
    return _number(None if value is None else 100 * value, "{:.1f}%")


def _timed(middle: float | None, both: Sequence[float] | None) -> str:
    shown = _number(middle, "{:.3f} s")
    return f"{shown} ({both[0]:.3f} to {both[1]:.3f})" if both else shown


def _right(row: ConfigurationFigures) -> str:
    return "–" if row.correct is None else "right" if row.correct else "wrong"


# Heading, whether it is text, and what stands in it.
_COLUMNS: Sequence[tuple[str, bool, Callable[[ConfigurationFigures], str]]] = (
    ("Configuration", True, lambda row: row.configuration),
    ("Methods", True, lambda row: row.title),
    ("Answer", True, lambda row: row.answer or "–"),
    ("Right", True, _right),
    ("Word accuracy", False, lambda row: _percent(row.word_accuracy)),
    ("Agrees with vanilla", False, lambda row: _percent(row.agreement)),
    ("Audio tokens", False, lambda row: _number(row.audio_tokens, "{:,}")),
    ("Kept", False, lambda row: _number(row.kept_tokens, "{:,}")),
    ("Encoder", False, lambda row: _timed(row.encoder_s, None)),
    ("Prefill", False, lambda row: _timed(row.prefill_s, row.prefill_range)),
    ("Speed-up, measured", False, lambda row: _number(row.prefill_speedup, "{:.2f}×")),
    ("Speed-up, by operations", False, lambda row: _number(row.predicted_speedup, "{:.2f}×")),
    ("First token", False, lambda row: _timed(row.first_token_s, row.first_token_range)),
    ("Decode", False, lambda row: _timed(row.decode_s, None)),
    ("Tokens", False, lambda row: _number(row.new_tokens, "{:,}")),
    ("Peak memory, MB", False, lambda row: _number(row.peak_bytes and row.peak_bytes / 1e6, "{:,.0f}")),
    ("Cache, MB", False, lambda row: _number(row.cache_bytes and row.cache_bytes / 1e6, "{:,.2f}")),
)


def report_of(found: ComparisonResults) -> str:
    """Write the page. Every text in it is escaped."""
    rows, model = found.rows(), found.run.header.model
    parts = [
        f'<p class="notice">{escape(model.name)}: {escape(model.notice)}</p>' if model.notice else "",
        _question(found),
        _section("Measurements", _table(rows) + _timing_note(rows)),
        _section("Replies", "".join(map(_reply, rows))),
        _section("What was kept of the audio", _lanes(found, rows)),
        _section("How this was measured", _provenance(found)),
        _section("Again, in Python", f"<pre>{escape(script_of(found))}</pre>"),
    ]
    title = f"AudioMarathon: {len(rows)} configurations compared"
    return _PAGE.format(title=escape(title), parts="\n".join(parts))


def _section(title: str, content: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{content}</section>"


def _question(found: ComparisonResults) -> str:
    comparison = found.comparison
    recording = comparison.recording
    return _facts(
        {
            "Recording": f"{recording.name}, {recording.duration_s:.1f} s",
            "Task": comparison.ask.task,
            "Prompt": found.prompt,
            "Reply limit": f"{comparison.ask.max_new_tokens} tokens",
        }
    )


def _facts(facts: dict[str, str]) -> str:
    return "<dl>" + "".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in facts.items()) + "</dl>"


def _table(rows: Sequence[ConfigurationFigures]) -> str:
    head = "".join(f'<th scope="col">{escape(title)}</th>' for title, _, _ in _COLUMNS)
    body = "".join(f"<tr>{''.join(_cell(row, *column) for column in _COLUMNS)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(
    row: ConfigurationFigures, _title: str, is_text: bool, value: Callable[[ConfigurationFigures], str]
) -> str:
    kind = ' class="text"' if is_text else ""
    return f"<td{kind}>{escape(value(row))}</td>"


def _timing_note(rows: Sequence[ConfigurationFigures]) -> str:
    repeats = max((row.timed for row in rows), default=1)
    if repeats == 1:
        return "<p>Each time was taken once: another run may differ.</p>"
    return f"<p>Times are medians of {repeats}, with the lowest and the highest.</p>"


def _reply(row: ConfigurationFigures) -> str:
    tags = {"equal": "span", "missing": "del", "new": "ins"}
    if row.error:
        text = escape(row.error)
    elif row.differences and not row.same_reply:
        text = " ".join(f"<{tags[kind]}>{escape(words)}</{tags[kind]}>" for kind, words in row.differences)
    else:
        text = escape(row.reply) or "<em>an empty reply</em>"
    cut = " (cut off at the reply limit)" if row.cut_off else ""
    unsure = f" ({row.unsure_s:.0f} s fail the model's own checks)" if row.unsure_s else ""
    letters = "".join(
        f" {chr(ord('A') + index)} {100 * share:.1f}%" for index, share in enumerate(row.option_shares)
    )
    chances = f"<p>Probabilities of the letters:{letters}.</p>" if letters else ""
    return f'<h3>{escape(row.configuration)}{cut}{unsure}</h3><p class="reply">{text}</p>{chances}'


def _lanes(found: ComparisonResults, rows: Sequence[ConfigurationFigures]) -> str:
    done = [row.configuration for row in rows if not row.error]
    duration_s = found.comparison.recording.duration_s
    return "".join(
        f"<figure><figcaption>{escape(name)}</figcaption>{lane_of(found.kept(name), duration_s)}</figure>"
        for name in done
    )


def _provenance(found: ComparisonResults) -> str:
    header, recording = found.run.header, found.comparison.recording
    model = header.model
    return _facts(
        {
            "Model": f"{model.name} {model.revision}, {model.dtype} on {model.device}",
            "Hardware": ", ".join(f"{name} {value}" for name, value in header.hardware.items()),
            "Libraries": ", ".join(f"{name} {value}" for name, value in header.libraries.items()),
            "Commit": header.commit or "installed, not checked out",
            "Recording": f"SHA-256 {recording.sha256}, of its PCM {recording.pcm_sha256}",
            "Seed": str(header.seed),
            "Measured": header.created_at,
        }
    )
