"""Where gold checks come: as often as asked for, at places of each person's own that nobody can tell."""

import pytest
from sqlalchemy import select

from human_eval.storage.schema import Assignment, Item, Participant
from tests.human_eval.material import open_study, write_dataset

MAIN, GOLD, EVERY, PEOPLE = 9, 3, 3, 6


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    folder = tmp_path_factory.mktemp("gold") / "clips"
    return write_dataset(folder, choices=MAIN + GOLD, transcripts=0, seconds=0.2)


@pytest.fixture
def study(service, dataset):
    gold = [f"q{number}" for number in range(GOLD)]
    samples = [f"q{number}" for number in range(GOLD, GOLD + MAIN)]
    settings = {"must_listen": 0.0, "overlap": PEOPLE, "gold_every": EVERY}
    return open_study(service.database, dataset, samples=samples, gold=gold, **settings)


def work(person, study):
    while (item := person.next(study)) is not None:
        person.answer(item["id"], choice=0)


def kinds(database):
    """The kinds of what each person was given, in order."""
    with database.reading() as session:
        rows = session.execute(
            select(Participant.joined_at, Item.kind)
            .join(Assignment, Assignment.participant_id == Participant.id)
            .join(Item, Item.id == Assignment.item_id)
            .order_by(Participant.joined_at, Assignment.place)
        ).all()
    found = {}
    for joined, kind in rows:
        found.setdefault(joined, []).append(kind)
    return list(found.values())


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_everybody_has_them_elsewhere_and_everybody_has_all(service, someone, study, clock):
    for number in range(PEOPLE):
        clock.pass_by(1)
        work(someone().join(study, f"person {number}"), study)
    orders = kinds(service.database)
    assert {(order.count("main"), order.count("gold")) for order in orders} == {(MAIN, GOLD)}
    positions = [tuple(position for position, kind in enumerate(order) if kind == "gold") for order in orders]
    assert len(set(positions)) >= PEOPLE - 1
    # No place is everybody's, and what comes last is not always one.
    assert not set.intersection(*map(set, positions))
    assert sum(order[-GOLD:].count("gold") for order in orders) < PEOPLE * GOLD / 2


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_reload_asks_the_same(service, someone, study):
    first = someone().join(study, "ann").next(study)["id"]
    assert someone().join(study, "ann").next(study)["id"] == first


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_nothing_that_is_shown_tells_them_apart(service, someone, study):
    ann = someone().join(study, "ann")
    shown = []
    while (item := ann.next(study)) is not None:
        before = ann.get(f"/studies/{study}")["progress"]
        answered = ann.answer(item["id"], choice=0)
        after = ann.get(f"/studies/{study}")["progress"]
        changed = {name: after[name] - before[name] for name in ("answered", "skipped", "to_do")}
        same = (item["place"] - item["number"], item["state"], item["practice"])
        shown.append((set(item), same, answered["feedback"], changed))
    assert len(shown) == MAIN + GOLD
    assert all(item == shown[0] for item in shown)
    assert [item["number"] for item in ann.get(f"/studies/{study}/items")["items"]] == [
        *range(1, MAIN + GOLD + 1)
    ]
