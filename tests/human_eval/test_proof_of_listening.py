"""Nobody has heard more than there was time for, however it is told; honest listeners lose nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event, select

from human_eval.annotation.coverage import BUDGET_TOLERANCE_S
from human_eval.storage.schema import Assignment, AuditEvent
from tests.human_eval.conftest import Clock
from tests.human_eval.material import Person, open_study, played, visit, write_dataset

ITEMS, CLIP_S, ELAPSED_S = 4, 20.0, 6.0


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return write_dataset(
        tmp_path_factory.mktemp("long") / "clips", choices=ITEMS, transcripts=0, seconds=CLIP_S
    )


@pytest.fixture
def study(service, dataset):
    return open_study(service.database, dataset, must_listen=0.8, overlap=9)


@pytest.fixture
def eve(someone, study, clock):
    return someone().join(study, "eve")


def all_items(person, study):
    """Every item of a study in one's hands at once."""
    found = []
    while (item := person.next(study)) is not None:
        person.post(f"/items/{item['id']}/skip", {"reason": "later"})
        found.append(item["id"])
    assert len(found) == ITEMS
    return found


def credited(service):
    """Seconds of sound, and of the clock, that were credited to anybody."""
    with service.database.reading() as session:
        found = session.scalars(select(Assignment)).all()
    sound = sum(end - start for assignment in found for start, end in assignment.covered)
    return sound, sum(assignment.listened_s for assignment in found)


def sliced(length, gap=0.0, speed=1.0):
    """The time that passed, in slices of a length with gaps between."""

    def attack(person, items, clock, **_):
        for number, item in enumerate(items):
            step = length + gap
            slices = [
                played(at * speed, (at + length) * speed, at, speed=speed)
                for at in (index * step for index in range(int(ELAPSED_S / step)))
            ]
            person.report(item, *slices, page=f"page-{number:04}", sent_at=ELAPSED_S)

    return attack


def a_page_for_each_slice(person, items, clock, **_):
    for item in items:
        for number in range(10):
            slice_ = played(number * 0.3, number * 0.3 + 0.3, ELAPSED_S - 0.3)
            person.report(item, slice_, page=f"{item[:8]}-{number:04}", sent_at=ELAPSED_S)


def one_after_the_other_from_the_end(person, items, clock, **_):
    for item in reversed(items):
        for start in range(int(ELAPSED_S) - 1, -1, -1):
            person.report(
                item, played(start, start + 1, start), page=f"{item[:8]}-{start}", sent_at=ELAPSED_S
            )


def the_same_report_on_every_item(person, items, clock, **_):
    for item in items:
        person.report(item, played(0, ELAPSED_S, 0), client_id="report-0001", sent_at=ELAPSED_S)
        person.report(item, played(0, ELAPSED_S, 0), client_id="report-0002", sent_at=ELAPSED_S)


def clocks_far_away(person, items, clock, **_):
    for number, (item, base) in enumerate(zip(items, (-1e9, 0.0, 1e3, 1e9), strict=True)):
        person.report(item, played(0, ELAPSED_S, base), page=f"page-{number:04}", sent_at=base + ELAPSED_S)


def a_clock_that_runs_ten_times_as_fast(person, items, clock, **_):
    for number, item in enumerate(items):
        person.report(item, played(0, CLIP_S, 0), page=f"page-{number:04}", sent_at=10 * ELAPSED_S)


def ever_later_by_the_same_clock(person, items, clock, **_):
    for number, item in enumerate(items):
        at = number * ELAPSED_S
        person.report(item, played(0, ELAPSED_S, at), sent_at=at + ELAPSED_S)


def in_two_sessions(person, items, clock, someone, study):
    again = someone().join(study, "eve")
    for name, who in (("first", person), ("again", again)):
        for item in items:
            fields = {"page": f"page-{name}", "client_id": f"{name}-{item[:8]}"}
            who.report(item, played(0, ELAPSED_S, 0), sent_at=ELAPSED_S, **fields)


def halves_before_and_after_a_while(person, items, clock, **_):
    for item in items:
        person.report(item, played(0, ELAPSED_S / 2, 0), page=f"a-{item[:8]}", sent_at=ELAPSED_S)
    for item in items:
        person.report(item, played(3, 3 + ELAPSED_S / 2, 3), page=f"b-{item[:8]}", sent_at=ELAPSED_S)


def muted_and_aloud(person, items, clock, **_):
    for item in items:
        muted = played(0, ELAPSED_S, 0, muted=True)
        person.report(item, muted, page=f"a-{item[:8]}", sent_at=ELAPSED_S)
        person.report(item, played(0, ELAPSED_S, 0), page=f"b-{item[:8]}", sent_at=ELAPSED_S)


ATTACKS = {
    "slices of a quarter of a second": sliced(0.24),
    "slices of a twentieth": sliced(0.05),
    "slices with gaps": sliced(0.2, gap=0.3),
    "slices at double speed": sliced(0.1, speed=2.0),
    "slow slices": sliced(1.0, speed=0.25),
    "faster than counts": sliced(0.5, speed=4.0),
    "a page for each slice": a_page_for_each_slice,
    "backwards": one_after_the_other_from_the_end,
    "the same report on every item": the_same_report_on_every_item,
    "clocks far away": clocks_far_away,
    "a fast clock": a_clock_that_runs_ten_times_as_fast,
    "ever later": ever_later_by_the_same_clock,
    "two sessions": in_two_sessions,
    "in two halves": halves_before_and_after_a_while,
    "muted and aloud": muted_and_aloud,
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_nobody_hears_more_than_time_allows(service, someone, study, eve, clock, attack):
    clock.pass_by(3600)  # time before an item was there is no time to hear it
    items = all_items(eve, study)
    clock.pass_by(ELAPSED_S)
    attack(eve, items, clock, someone=someone, study=study)
    sound, wall = credited(service)
    assert wall <= ELAPSED_S + BUDGET_TOLERANCE_S + 1e-6
    assert sound <= 2.0 * (ELAPSED_S + BUDGET_TOLERANCE_S) + 1e-6
    answers = [
        eve.ask("PUT", f"/items/{item}/answer", {"client_id": eve.new_id(), "choice": 0}) for item in items
    ]
    assert {response.status_code for response in answers} == {409}


def test_two_studies_at_once_are_one_pair_of_ears(service, someone, dataset, study, eve, clock):
    other = open_study(service.database, dataset, must_listen=0.8)
    twin = someone()
    twin.enter("/join", {"study": other, "prolific": visit("eve")})
    items = all_items(eve, study) + all_items(twin, other)
    clock.pass_by(ELAPSED_S)
    for number, item in enumerate(items):
        who = eve if number < ITEMS else twin
        who.report(item, played(0, ELAPSED_S, 0), page=f"page-{number:04}", sent_at=ELAPSED_S)
    assert credited(service)[1] <= ELAPSED_S + BUDGET_TOLERANCE_S


def test_what_was_given_back_and_given_again_has_no_new_time(service, someone, dataset, clock):
    study = open_study(service.database, dataset, must_listen=0.8, lease_s=60)
    eve = someone().join(study, "eve")
    item = eve.next(study)["id"]
    clock.pass_by(5)
    eve.report(item, played(0, 5, 0), sent_at=5)
    clock.pass_by(61)
    assert eve.next(study)["id"] == item
    eve.report(item, played(5, 15, 60), page="page-0002", sent_at=71)
    credit = eve.report(item, played(0, 20, 71), page="page-0003", sent_at=91)
    assert credit["listening"]["covered"] == [[0, 15]] or credit["listening"]["covered"] == [[0, 20]]
    assert credited(service)[1] <= 66 + BUDGET_TOLERANCE_S


def listen_honestly(person, clock, item, seconds, piece=5.0, **fields):
    """Play from where the page's clock is, in a report for each piece."""
    done, credit = 0.0, None
    while done < seconds:
        length = min(piece, seconds - done)
        clock.pass_by(length)
        began, person.page_s = person.page_s, person.page_s + length
        credit = person.report(item, played(done, done + length, began), **fields)
        assert credit["refused"] == []
        done += length
    return credit


def test_an_honest_listener_hears_everything(study, eve, clock):
    """One after the other, the next one given out ahead, at the shortest possible time."""
    for _ in range(ITEMS):
        item = eve.next(study)["id"]
        eve.next(study, ahead=True)
        assert listen_honestly(eve, clock, item, CLIP_S)["listening"]["share"] == 1.0
        eve.answer(item, choice=0)


def test_two_tabs_by_turns_hear_everything(study, eve, clock):
    items = all_items(eve, study)[:2]
    pages = [
        Person(eve.http, eve.csrf, page, page_s) for page, page_s in (("tab-00001", 9e3), ("tab-00002", 0))
    ]
    for piece in range(4):
        for page, item in zip(pages, items, strict=True):
            clock.pass_by(5.0)
            for page in pages:
                page.page_s += 5.0
            start = 5.0 * piece
            credit = page.report(item, played(start, start + 5, page.page_s - 5))
            assert credit["refused"] == []
            assert credit["listening"]["covered"] == [[0, start + 5]]


def test_reports_of_an_outage_come_late_and_count(study, eve, clock):
    """Kept by the page, sent in order as they were, at once; then listening continues."""
    first = eve.next(study)["id"]
    kept = []
    for start in (0.0, 5.0, 10.0, 15.0):
        clock.pass_by(5)
        eve.page_s += 5
        kept.append((played(start, start + 5, eve.page_s - 5), eve.page_s))
    clock.pass_by(600)
    eve.page_s += 600
    for interval, sent_at in kept:
        assert eve.report(first, interval, sent_at=sent_at)["refused"] == []
    eve.answer(first, choice=1)
    second = eve.next(study)["id"]
    assert listen_honestly(eve, clock, second, CLIP_S)["listening"]["unlocked"]


def test_a_phone_that_slept_goes_on(study, eve, clock):
    """Its page's clock stood still for an hour, before the next item was given out."""
    first = eve.next(study)["id"]
    listen_honestly(eve, clock, first, CLIP_S)
    eve.answer(first, choice=1)
    clock.pass_by(3600)
    second = eve.next(study)["id"]
    assert listen_honestly(eve, clock, second, CLIP_S)["listening"]["share"] == 1.0


def test_the_server_says_what_it_did_not_believe(service, study, eve, clock):
    item = eve.next(study)["id"]
    clock.pass_by(1)
    slices = [played(number / 1000, number / 1000 + 1e-6, number / 1000) for number in range(1000)]
    answer = eve.report(item, *slices, sent_at=1.0)
    assert {refusal["reason"] for refusal in answer["refused"]} == {"too short to hear"}
    assert (len(answer["refused"]), answer["listening"]["covered"]) == (1000, [])
    with service.database.reading() as session:
        kept = session.scalars(select(AuditEvent).where(AuditEvent.action == "refuse listening")).one()
    assert kept.detail == {"refused": {"too short to hear": 1000}}


@contextmanager
def steps_of(service) -> Iterator[list[int]]:
    """Counts what SQLite does, in thousands of its machine's steps: no clock has a say."""
    count = [0]

    def step() -> int:
        count[0] += 1
        return 0

    def watch(connection, *_):
        connection.set_progress_handler(step, 1000)

    event.listen(service.database.engine, "checkout", watch)
    try:
        yield count
    finally:
        event.remove(service.database.engine, "checkout", watch)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_report_costs_the_same_however_many_came_before(service, study, eve, clock: Clock):
    item = eve.next(study)["id"]

    def reports(first, last):
        with steps_of(service) as count:
            for number in range(first, last):
                clock.pass_by(10)
                sent_at = 10.0 * (number + 1)
                slices = [
                    played(index / 10, index / 10 + 0.06, sent_at - 9 + index / 10) for index in range(40)
                ]
                eve.report(item, *slices, page=f"page-{number:04}", sent_at=sent_at)
        return count[0]

    early = reports(0, 10)
    reports(10, 90)
    late = reports(90, 100)
    assert late <= 1.5 * early + 5
