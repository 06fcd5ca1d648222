from human_eval.results.carelessness import WorkedAnswer, find_signs


def work(count=10, annotator="ann", **changes):
    fields = {"seconds": 130.0, "duration_s": 120.0, "coverage": 0.95} | changes
    return [WorkedAnswer(annotator, f"s{n}", **({"shown_position": n % 4} | fields)) for n in range(count)]


def kinds(found):
    return [(sign.annotator, sign.kind) for sign in found]


def test_careful_work_is_not_flagged():
    assert find_signs(work()) == []


def test_each_sign_is_named_with_its_figures():
    checks = work(2, check_passed=True) + work(3, check_passed=False)
    (sign,) = find_signs(checks)
    assert sign.reason == "2 of 5 check questions were answered right; at least 70% is expected."
    (sign,) = find_signs(work(seconds=30.0))
    assert sign.reason == "Answers take 0.25 s for each second of audio (median); at least 0.5 s is expected."
    (sign,) = find_signs(work(shown_position=1))
    assert sign.reason == "All 10 answers are the option shown in position 2."
    (sign,) = find_signs(work(coverage=0.4))
    assert sign.reason == "40% of the audio was heard; at least 80% is expected."


def test_little_work_is_not_judged():
    assert find_signs(work(4, seconds=1.0, coverage=0.0)) == []
    assert find_signs(work(2, check_passed=False)) == []


def test_everybody_is_judged_by_their_own_work():
    found = find_signs(
        [
            *work(annotator="zoe", seconds=10.0),
            *work(annotator="ann"),
            *work(annotator="bob", coverage=0.1),
        ]
    )
    assert kinds(found) == [("bob", "listening"), ("zoe", "speed")]
