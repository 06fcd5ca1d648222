"""What a configuration kept, as a picture in a page: time to the right, layers downwards."""

from live_demo.records import KeptRecord

# Units of the picture's own: so many columns, however long the recording.
WIDTH, HEIGHT = 1000, 40


def lane_of(kept: KeptRecord, duration_s: float) -> str:
    """Draw one lane as SVG: kept spans as blocks, an eviction's map as shades."""
    shapes = _map(kept.kept_map) if kept.kept_map else _spans(kept.kept_spans, duration_s)
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" role="img" '
        f'aria-label="Kept of {duration_s:.1f} seconds"><rect width="{WIDTH}" height="{HEIGHT}" '
        f'fill="none" stroke="currentColor" stroke-opacity="0.3"/>{shapes}</svg>'
    )


def _spans(spans: list[tuple[float, float]], duration_s: float) -> str:
    path = "".join(
        f"M{WIDTH * start / duration_s:.2f} 0V{HEIGHT}H{WIDTH * end / duration_s:.2f}V0Z"
        for start, end in spans
    )
    return f'<path d="{path}" fill="currentColor"/>' if path else ""


def _map(layers: list[list[float]]) -> str:
    tall = HEIGHT / len(layers)
    return "".join(
        _block(WIDTH * place / len(shares), layer * tall, WIDTH / len(shares), tall, share)
        for layer, shares in enumerate(layers)
        for place, share in enumerate(shares)
        if share > 0
    )


def _block(x: float, y: float, width: float, height: float, share: float) -> str:
    where = f'x="{x:.2f}" y="{y:.2f}" width="{width:.2f}" height="{height:.2f}"'
    return f'<rect {where} fill="currentColor" fill-opacity="{share:.3f}"/>'
