import pytest

from amarathon.errors import RunError
from amarathon.runs import compare_configurations, compare_runs, read_run
from amarathon.runs.folder import writing
from amarathon.runs.paired import Pair, compare

WORDS = "the quick brown fox jumps"


@pytest.fixture
def answers(record):
    """Answers to 20 choices and 12 transcripts, of which the first few are right."""

    def make(right, configuration="vanilla", transcribed=12):
        choices = [
            record(
                f"c{index}",
                answer=index % 2,
                reply="AB"[index % 2] if index < right else "BA"[index % 2],
                configuration=configuration,
            )
            for index in range(20)
        ]
        transcripts = [
            record(
                f"t{index}",
                task="ASR",
                options=[],
                labels=[],
                order=[],
                answer=None,
                reference=WORDS,
                reply=WORDS if index < transcribed else "the slow brown dog sleeps",
                configuration=configuration,
            )
            for index in range(12)
        ]
        return [*choices, *transcripts]

    return make


def by_task(compared):
    return {comparison.task: comparison for comparison in compared}


def test_equal_answers_do_not_differ(answers):
    for comparison in compare([Pair("same", answers(10), answers(10))]):
        assert comparison.difference == 0
        assert comparison.p_value == 1
        # Twenty recordings without a difference leave room for one in the next.
        assert 5 < comparison.interval.high < 20
        assert comparison.interval.low == pytest.approx(-comparison.interval.high)


def test_a_clear_difference_is_found_and_its_sign_is_the_systems(answers):
    found = by_task(compare([Pair("better", answers(4), answers(18))]))
    assert found["SCR"].score > found["SCR"].baseline_score
    assert found["SCR"].p_value < 0.001
    assert found["SCR"].interval.low > 0
    assert found["ASR"].p_value == 1
    assert (found["ASR"].baseline_score, found["ASR"].score) == (100, 100)
    assert found["overall"].difference == pytest.approx(found["SCR"].difference / 2)
    worse = by_task(compare([Pair("worse", answers(18), answers(4))]))
    assert worse["SCR"].difference == -found["SCR"].difference
    assert worse["SCR"].p_value == found["SCR"].p_value


def test_word_accuracy_is_compared_too(answers):
    found = by_task(compare([Pair("deaf", answers(10), answers(10, transcribed=2))]))
    assert found["ASR"].metric == "war"
    assert found["ASR"].difference == pytest.approx(-100 * 10 * 3 / 60)
    assert found["ASR"].p_value < 0.01
    assert found["SCR"].p_value == 1


def test_many_comparisons_are_corrected_together(answers):
    alone = compare([Pair("a", answers(8), answers(14))])
    crowd = compare(
        [Pair("a", answers(8), answers(14)), *(Pair(f"{n}", answers(8), answers(8)) for n in range(5))]
    )
    assert alone[0].p_value == crowd[0].p_value
    assert alone[0].p_value <= alone[0].q_value < crowd[0].q_value <= 1


def test_samples_that_one_failed_on_are_left_out_for_both(answers):
    baseline, system = answers(20), answers(20)
    system[0] = system[0].model_copy(update={"error": "No."})
    baseline[1] = baseline[1].model_copy(update={"error": "No."})
    found = by_task(compare([Pair("system", baseline, system[:-1])]))
    assert (found["SCR"].count, found["SCR"].left_out) == (18, 2)
    assert (found["ASR"].count, found["ASR"].left_out) == (11, 1)
    assert (found["overall"].count, found["overall"].left_out) == (29, 3)
    assert found["SCR"].score == 100


def test_answers_that_share_a_recording_are_one_piece_of_evidence(answers):
    def shared(predictions):
        return [prediction.model_copy(update={"sources": ["one recording"]}) for prediction in predictions]

    (scr,) = compare([Pair("system", shared(answers(4))[:20], shared(answers(18))[:20])])
    assert scr.p_value == 1
    assert scr.interval is None


def test_an_unread_reply_is_wrong(record):
    right = [record(f"c{index}", answer=index % 2, reply="AB"[index % 2]) for index in range(8)]
    unread = [answer.model_copy(update={"reply": "no idea"}) for answer in right]
    (found,) = compare([Pair("mute", right, unread)])
    assert (found.baseline_score, found.score) == (100, 0)


def test_several_answers_of_one_sample_cannot_be_paired(record):
    with pytest.raises(RunError, match="s1 is answered more than once"):
        compare([Pair("people", [record("s1")], [record("s1"), record("s1", repeat="2")])])


def test_nothing_in_common_is_nothing_compared(record):
    assert compare([Pair("other", [record("s1")], [record("s2")])]) == []


@pytest.fixture
def run(tmp_path, header):
    """Makes a run folder of given answers."""

    def make(name, predictions, **changes):
        configurations = list(dict.fromkeys(prediction.configuration for prediction in predictions))
        dataset = header.dataset.model_copy(update={"count": 32, "tasks": {"SCR": 20, "ASR": 12}})
        fields = {"run_id": name, "configurations": configurations, "dataset": dataset} | changes
        with writing(tmp_path / name) as folder:
            folder.write_header(header.model_copy(update=fields))
            for prediction in predictions:
                folder.append(prediction)
        return read_run(tmp_path / name)

    return make


def test_configurations_are_compared_with_vanilla_or_another(run, answers):
    whole = run("run", [*answers(18), *answers(18, "frame@0.6"), *answers(4, "random@0.6")])
    found = compare_configurations(whole)
    assert [(comparison.system, comparison.task) for comparison in found] == [
        (name, task) for name in ("frame@0.6", "random@0.6") for task in ("SCR", "ASR", "overall")
    ]
    assert found[0].q_value == 1
    assert found[3].q_value < 0.01
    assert [comparison.system for comparison in compare_configurations(whole, "random@0.6")][::3] == [
        "vanilla",
        "frame@0.6",
    ]
    with pytest.raises(RunError, match=r"no configuration snapkv@0\.5"):
        compare_configurations(whole, "snapkv@0.5")


def test_one_configuration_has_nothing_to_be_compared_with(run, answers):
    with pytest.raises(RunError, match="nothing to compare vanilla with"):
        compare_configurations(run("run", answers(3)))


def test_runs_are_compared_under_what_both_have(run, answers):
    first = run("first", [*answers(18), *answers(18, "frame@0.6")])
    second = run("second", [*answers(4, "frame@0.6"), *answers(4, "random@0.6")])
    found = compare_runs(first, second)
    assert {comparison.system for comparison in found} == {"frame@0.6"}
    assert found[0].difference < 0
    with pytest.raises(RunError, match="no configuration in common"):
        compare_runs(run("third", answers(4)), second)


def test_runs_on_different_questions_are_not_compared(run, answers):
    first = run("first", answers(4))
    other = first.header.dataset.model_copy(update={"sha256": "cd" * 32})
    with pytest.raises(RunError, match="did not ask the same questions"):
        compare_runs(first, run("second", answers(4), dataset=other))


def test_the_mean_says_which_tasks_have_too_few_recordings(answers):
    def one_recording(predictions):
        return [
            prediction.model_copy(update={"sources": ["one voice"]})
            if prediction.task == "ASR"
            else prediction
            for prediction in predictions
        ]

    found = by_task(compare([Pair("better", one_recording(answers(4)), one_recording(answers(18)))]))
    assert found["ASR"].interval is None
    assert found["overall"].held_fixed == ("ASR",)
    # What varies is half of the mean.
    assert found["overall"].interval.low == pytest.approx(found["SCR"].interval.low / 2, abs=5)
    assert found["SCR"].held_fixed == ()


def test_a_difference_in_few_recordings_is_not_as_sure_as_it_looks(answers):
    """Eight voices, all of which are better by the same: fewer than that many answers could hide none."""

    def shared(predictions):
        return [
            prediction.model_copy(update={"sources": [f"voice {int(prediction.sample_id[1:]) % 8}"]})
            for prediction in predictions
        ]

    wide = by_task(compare([Pair("same", shared(answers(10)), shared(answers(10)))]))["SCR"].interval
    narrow = by_task(compare([Pair("same", answers(10), answers(10))]))["SCR"].interval
    assert wide.high > narrow.high > 0
    assert wide.method == narrow.method == "bonett-price-satterthwaite"
