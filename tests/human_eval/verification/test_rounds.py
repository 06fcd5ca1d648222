from dataclasses import replace

import pytest
from sqlalchemy import select

from amarathon.construction.verification import CHECKLIST, outcome, read_draw, read_verdicts
from amarathon.tasks import TASKS
from amarathon.tasks.sample import Option, Sample, SampleAudio, SampleSet
from human_eval.errors import ConflictError, HumanEvalError, UnknownError
from human_eval.storage.schema import Account, AuditEvent, Recording, Review, VerificationSample
from human_eval.verification.checklist import checklist
from human_eval.verification.export import POINTS, verdict_lines, write_verdict_files
from human_eval.verification.reviews import next_review, own_review, save_verdict
from human_eval.verification.rounds import open_round
from tests.human_eval.study_rows import empty_database

REVIEWERS = ("rita", "sam", "tom")
OPTIONS = (Option("Rock", "rock"), Option("Jazz", "jazz"))


def dataset(count, task="MC"):
    def sample(number):
        audio = SampleAudio(path=None, name=f"{number}.wav", sources=(), duration_s=120.0)
        return Sample(f"m{number:03}", task, audio, "Which genre?", OPTIONS, answer=0)

    return SampleSet("mini", tuple(sample(number) for number in range(count)))


def add_recording(session, sample):
    recording = Recording(
        id=f"r-{sample.id}", path="x", name=sample.audio.name, sha256=sample.id, duration_s=1.0
    )
    session.merge(recording)
    session.flush()
    return recording.id


def opened(session, found, sha256="a", seed=7):
    return open_round(session, found, sha256, "MC", seed=seed, actor="admin", add_recording=add_recording)


@pytest.fixture
def session():
    with empty_database() as session:
        session.add_all(Account(id=name, source="local", name=name, created_at=0.0) for name in REVIEWERS)
        session.flush()
        yield session


def judge(session, review, passed=True, client_id="c1", body="b"):
    sample = session.get(VerificationSample, review.sample_id)
    checks = {name: passed or name != "label" for name in checklist(TASKS[sample.task])}
    save_verdict(
        session, review, client_id=client_id, body_sha256=body, checks=checks, verdict=passed, comment=""
    )
    return sample


def work_off(session, opened, reviewer, fails=()):
    while opened.state == "open" and (review := next_review(session, opened.id, reviewer)):
        sample = session.get(VerificationSample, review.sample_id)
        judge(session, review, sample.sample_id not in fails)


def sample_ids(session, opened):
    where = VerificationSample.round_id == opened.id
    return list(session.scalars(select(VerificationSample.sample_id).where(where)))


@pytest.mark.parametrize(("population", "expected"), [(8, 8), (100, 20), (300, 30)])
def test_a_tenth_is_drawn_and_twenty_at_least(session, population, expected):
    first = opened(session, dataset(population))
    assert len(set(sample_ids(session, first))) == expected
    assert first.population == population


def test_the_same_seed_draws_the_same_samples(session):
    other = empty_database()
    assert sample_ids(session, opened(session, dataset(60))) == sample_ids(other, opened(other, dataset(60)))


def test_two_reviewers_who_agree_pass_a_subset(session):
    first = opened(session, dataset(5))
    work_off(session, first, "rita")
    assert first.state == "open"
    assert next_review(session, first.id, "rita") is None
    work_off(session, first, "sam")
    assert (first.state, first.reason) == ("passed", "5 of 5 drawn samples passed.")
    with pytest.raises(ConflictError, match="decided already"):
        next_review(session, first.id, "tom")
    assert len(verdict_lines(session, first)) == 10


def test_a_third_reviewer_decides_where_two_disagree(session):
    first = opened(session, dataset(3))
    work_off(session, first, "rita", fails={"m001"})
    work_off(session, first, "sam")
    assert first.state == "open"
    review = next_review(session, first.id, "tom")
    assert judge(session, review, passed=False).sample_id == "m001"
    assert (first.state, first.reason) == ("failed", "2 of 3 drawn samples passed; m001 did not.")
    line = next(verdict for verdict in verdict_lines(session, first) if not verdict.passed)
    assert first.checklist[line.faults[0]]["name"] == "label"


def test_a_failed_subset_is_drawn_afresh_once_it_is_rebuilt(session):
    first = opened(session, dataset(60))
    with pytest.raises(ConflictError, match="is still open"):
        opened(session, dataset(60), "b")
    seen = set(sample_ids(session, first))
    for reviewer in ("rita", "sam"):
        work_off(session, first, reviewer, fails={min(seen)})
    with pytest.raises(ConflictError, match="failed and has not changed"):
        opened(session, dataset(60))
    again = opened(session, dataset(60), "b")
    assert again.number == 2
    assert not seen & set(sample_ids(session, again))
    assert len(sample_ids(session, again)) == 20


def test_nobody_decides_for_another_or_twice(session):
    first = opened(session, dataset(2))
    review = next_review(session, first.id, "rita")
    assert next_review(session, first.id, "rita").id == review.id
    with pytest.raises(UnknownError):
        own_review(session, review.id, "sam")
    judge(session, review)
    judge(session, review)  # sent again
    with pytest.raises(ConflictError):
        judge(session, review, passed=False, body="other")
    assert [review.verdict for review in session.scalars(select(Review))] == [True]
    assert [event.action for event in session.scalars(select(AuditEvent))] == ["open round", "review"]


def test_a_verdict_follows_from_its_checks(session):
    first = opened(session, dataset(1))
    review = next_review(session, first.id, "rita")
    names = [point["name"] for point in first.checklist]
    fields = {"client_id": "c", "body_sha256": "b", "comment": ""}
    with pytest.raises(HumanEvalError, match="Every point"):
        save_verdict(session, review, checks={"audio": True}, verdict=True, **fields)
    crossed = dict.fromkeys(names, True) | {"audio": False}
    with pytest.raises(HumanEvalError, match="passes when every point"):
        save_verdict(session, review, checks=crossed, verdict=True, **fields)


def test_an_expired_lease_gives_its_place_to_another(session):
    first = opened(session, dataset(1))
    for reviewer in ("rita", "sam"):
        next_review(session, first.id, reviewer)
    assert next_review(session, first.id, "tom") is None
    for review in session.scalars(select(Review)):
        review.expires_at = 0.0
    assert next_review(session, first.id, "tom") is not None


@pytest.mark.parametrize("task", TASKS.values(), ids=lambda task: task.code)
def test_every_task_has_a_checklist_of_its_own(task):
    points = checklist(task)
    assert ("transcript" in points) != task.is_multiple_choice
    assert {"audio", "duration", "no_leak"} < set(points)


def rebuilt(count, seed):
    """The same ids for other questions: what a subset that is built again with another seed has."""
    found = dataset(count)
    return SampleSet(
        "mini", tuple(replace(sample, question=f"{sample.question} {seed}") for sample in found.samples)
    )


def test_a_rebuilt_subset_is_drawn_afresh_even_where_every_id_was_seen(session):
    first = opened(session, dataset(6))
    seen = set(sample_ids(session, first))
    assert len(seen) == 6
    for reviewer in ("rita", "sam"):
        work_off(session, first, reviewer, fails={"m002"})
    assert first.state == "failed"
    with pytest.raises(HumanEvalError, match="another seed"):
        opened(session, dataset(6), "b")  # nothing of it is new
    assert set(sample_ids(session, opened(session, rebuilt(6, 1), "c"))) == seen


def test_only_what_was_changed_is_drawn_again(session):
    first = opened(session, dataset(4))
    for reviewer in ("rita", "sam"):
        work_off(session, first, reviewer, fails={"m002"})
    mended = tuple(
        replace(sample, answer=1) if sample.id == "m002" else sample for sample in dataset(4).samples
    )
    assert sample_ids(session, opened(session, SampleSet("mini", mended), "b")) == ["m002"]


def test_build_takes_a_failed_subset_from_there(session, tmp_path):
    """Two rounds, and at each what ``amarathon build verify`` makes of the files."""
    first = opened(session, dataset(3))
    for reviewer in ("rita", "sam"):
        work_off(session, first, reviewer, fails={"m001"})
    write_verdict_files(session, "mini", tmp_path)
    found = outcome(read_draw(tmp_path), read_verdicts(tmp_path))
    assert found["MC"]["status"] == "failed"
    assert found["MC"]["failed"] == ["m001"]
    fault = next(verdict for verdict in read_verdicts(tmp_path) if not verdict.passed).faults
    assert [CHECKLIST[index] for index in fault] == ["The label is right."]
    again = opened(session, rebuilt(3, 1), "b")
    for reviewer in ("rita", "sam"):
        work_off(session, again, reviewer)
    write_verdict_files(session, "mini", tmp_path)
    found = outcome(read_draw(tmp_path), read_verdicts(tmp_path))
    assert (found["MC"]["status"], found["MC"]["checked"]) == ("passed", 3)
    assert read_draw(tmp_path).round == 2


def test_every_point_of_every_checklist_has_a_place_in_the_pipelines(session):
    for task in TASKS.values():
        assert set(checklist(task)) <= set(POINTS)
    assert max(POINTS.values()) < len(CHECKLIST)


def test_a_dataset_without_rounds_has_nothing_to_hand_back(session, tmp_path):
    with pytest.raises(HumanEvalError, match="were drawn"):
        write_verdict_files(session, "mini", tmp_path)
