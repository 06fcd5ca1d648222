"""A reviewer's reports sent at the same moment: one clock, on either database."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.human_eval.test_secrecy import boss, draw, hashed

__all__ = ["boss", "draw", "hashed"]


@pytest.mark.parametrize("samples", [1, 2])
def test_reports_at_once_are_credited_once(boss, draw, clock, samples):
    reviews = [
        boss.post("/verification/next", {"round": draw(task)})["review"] for task in ("ASR", "SCR")[:samples]
    ]
    clock.pass_by(1.0)
    # Stretches that do not overlap: together they are the whole of each recording.
    stretches = [(0.1 * number, 0.1 * (number + 1)) for number in range(20)]
    sent = [
        (review["id"], start, end, f"report-{place}-{number:04}")
        for place, review in enumerate(reviews)
        for number, (start, end) in enumerate(stretches)
    ]

    def report(one):
        review, start, end, client = one
        interval = {"start": start, "end": end, "speed": 1.0, "at": 0.0}
        body = {"client_id": client, "page": f"page-{client}", "sent_at": 1.0, "intervals": [interval]}
        return boss.post(f"/verification/reviews/{review}/listening", body)["listening"]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(report, sent))
    empty = {"page": "page-0001", "sent_at": 1.0, "intervals": []}
    shares = [
        boss.post(f"/verification/reviews/{each['id']}/listening", empty | {"client_id": "report-last"})
        for each in reviews
    ]
    seconds = sum(2.0 * each["listening"]["share"] for each in shares)
    # Nothing is lost either: what there was time for is credited.
    assert 0.9 <= seconds <= 1.0 + 0.25 + 0.11
