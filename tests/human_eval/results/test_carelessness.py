from human_eval.results.carelessness import Work, find_flags


def work(count=10, annotator="ann", **changes):
    fields = {"seconds": 130.0, "duration_s": 120.0, "heard_share": 0.95} | changes
    return [Work(annotator, f"s{n}", **({"shown_place": n % 4} | fields)) for n in range(count)]


def kinds(found):
    return [(each.annotator, each.kind) for each in found]


def test_careful_work_is_not_flagged():
    assert find_flags(work()) == []


def test_each_sign_is_named_with_its_figures():
    checks = work(2, check_passed=True) + work(3, check_passed=False)
    (flag,) = find_flags(checks)
    assert flag.reason == "2 of 5 gold checks passed; 70% are expected."
    (flag,) = find_flags(work(seconds=30.0))
    assert flag.reason == "Answers take 0.25 s for each second of audio (median); 0.5 are expected."
    (flag,) = find_flags(work(shown_place=1))
    assert flag.reason == "All 10 answers are the option shown at place 2."
    (flag,) = find_flags(work(heard_share=0.4))
    assert flag.reason == "40% of the audio was heard; 80% are expected."


def test_little_work_is_not_judged():
    assert find_flags(work(4, seconds=1.0, heard_share=0.0)) == []
    assert find_flags(work(2, check_passed=False)) == []


def test_everybody_is_judged_by_their_own_work():
    found = find_flags(
        [
            *work(annotator="zoe", seconds=10.0),
            *work(annotator="ann"),
            *work(annotator="bob", heard_share=0.1),
        ]
    )
    assert kinds(found) == [("bob", "listening"), ("zoe", "speed")]
