"""Where the names of a chart's points stand, so that they keep clear of one another."""

from collections.abc import Sequence

# Pixels of a chart's inside on a small screen, of a letter, and of a mark.
WIDTH, HEIGHT = 400.0, 230.0
LETTER, LINE, MARK = 6.4, 14.0, 7.0
# Plotly's names for a place beside a point: how far its middle is, in label widths and in lines.
PLACES = {
    "top center": (0.0, 1.0),
    "bottom center": (0.0, -1.0),
    "middle right": (0.5, 0.0),
    "middle left": (-0.5, 0.0),
    "top right": (0.5, 1.0),
    "bottom right": (0.5, -1.0),
    "top left": (-0.5, 1.0),
    "bottom left": (-0.5, -1.0),
}

Box = tuple[float, float, float, float]


def place_labels(points: Sequence[tuple[str, float, float]]) -> list[str | None]:
    """Find a place for each point's name.

    Parameters
    ----------
    points : sequence of (str, float, float)
        Name, value across from 0 on, and share up.

    Returns
    -------
    list of str or None
        `None` where every place is taken: the hover and the table name the point.
    """
    longest = longest_across([x for _, x, _ in points])
    centres = [(x / longest * WIDTH, y * HEIGHT) for _, x, y in points]
    taken = [(x - MARK, y - MARK, x + MARK, y + MARK) for x, y in centres]
    found: list[str | None] = []
    for (name, _, _), (x, y) in zip(points, centres, strict=True):
        width = LETTER * len(name)
        boxes = {place: _box(x, y, width, *shift) for place, shift in PLACES.items()}
        place = next((place for place, box in boxes.items() if _free(box, taken)), None)
        if place is not None:
            taken.append(boxes[place])
        found.append(place)
    return found


def longest_across(values: Sequence[float]) -> float:
    """Where the axis across ends, so that the last point is whole."""
    return 1.06 * (max(values, default=0.0) or 1.0)


def _box(x: float, y: float, width: float, across: float, up: float) -> Box:
    middle = x + across * (width + 2 * MARK), y + up * (LINE / 2 + MARK)
    return middle[0] - width / 2, middle[1] - LINE / 2, middle[0] + width / 2, middle[1] + LINE / 2


def _free(box: Box, taken: Sequence[Box]) -> bool:
    left, low, right, high = box
    inside = left >= 0 and right <= WIDTH
    return inside and not any(
        left < other[2] and right > other[0] and low < other[3] and high > other[1] for other in taken
    )
