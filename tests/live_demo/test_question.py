import pytest

from amarathon.datasets import load_dataset
from amarathon.errors import AmarathonError, ConfigurationError
from amarathon.tasks import TASKS, free_question
from live_demo.errors import DemoError
from live_demo.limits import MOST_CONFIGURATIONS
from live_demo.question import Ask

MC = {"recording": "0" * 24, "task": "MC", "options": ["Jazz", "Rock"], "max_new_tokens": 16}


def read(**fields):
    return Ask.read(MC | {"configurations": ["frame@0.6"]} | fields)


def test_everything_is_compared_with_vanilla_which_comes_first():
    assert read().configurations == ["vanilla", "frame@0.6"]
    names = ["snapkv@0.50 + frame@.6", "vanilla", "knorm@0.5"]
    assert read(configurations=names).configurations == ["vanilla", "frame@0.6+snapkv@0.5", "knorm@0.5"]
    assert read(configurations=[]).configurations == ["vanilla"]
    most = [f"frame@0.{share}" for share in range(11, 50)]
    assert len(read(configurations=most).configurations) == MOST_CONFIGURATIONS


@pytest.mark.parametrize(
    ("fields", "kind", "words"),
    [
        ({"configurations": ["frame"]}, ConfigurationError, "method@amount"),
        ({"configurations": ["frame@1.5"]}, ConfigurationError, "below 1"),
        ({"configurations": ["frame@0.6", "frame@0.60"]}, ConfigurationError, "mean the same"),
        (
            {"configurations": [f"frame@0.{n}" for n in range(10, 60)]},
            DemoError,
            "At most 40 .* there are 51",
        ),
        ({"task": "XYZ"}, DemoError, "no task 'XYZ'"),
        ({"task": "free", "options": []}, DemoError, "Write a question"),
        ({"task": "free", "question": "Who?", "options": ["a", "b"]}, DemoError, "no options"),
        ({"options": ["Jazz"]}, DemoError, "at least two"),
        ({"options": ["Jazz", "Jazz "]}, DemoError, "the same"),
        ({"options": ["a", "b", "c", "d", "e", "f"]}, DemoError, "options"),
        ({"options": ["Jazz", "x" * 501]}, DemoError, "options 1"),
        ({"task": "ASR"}, DemoError, "no options of its own"),
        ({"question": "x" * 4001}, DemoError, "question"),
        ({"max_new_tokens": 0}, DemoError, "max_new_tokens"),
        ({"max_new_tokens": 10**9}, DemoError, "max_new_tokens"),
        ({"seed": -1}, DemoError, "seed"),
        ({"seed": "x"}, DemoError, "seed"),
        ({"surprise": 1}, DemoError, "surprise"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_one_sentence(fields, kind, words):
    with pytest.raises(AmarathonError, match=words) as caught:
        read(**fields)
    assert isinstance(caught.value, kind)
    assert "\n" not in str(caught.value)


def test_the_prompt_is_the_one_an_evaluation_would_send():
    for sample in load_dataset("bundled").samples:
        shown = sample.option_texts if TASKS[sample.task].prompt.option else []
        ask = read(task=sample.task, question=sample.question, options=shown)
        assert ask.messages() == TASKS[sample.task].messages(sample)


def test_options_that_a_prompt_fixes_itself_are_read_too():
    ask = read(task="SGR", options=[])
    assert ask.option_texts == ["male", "female"]
    assert read(task="free", question="Who speaks?", options=[]).messages() == free_question("Who speaks?")


def test_the_right_answer_counts_only_for_the_samples_own_question(upload, service):
    known = next(sample for sample in load_dataset("examples").samples if sample.task == "MC")
    recording = service.recordings.get(upload()["id"])
    own = read(question=known.question, options=known.option_texts)
    assert own.asks_as(known)
    assert not read(question=known.question, options=[*known.option_texts[:-1], "Polka"]).asks_as(known)
    assert not read(question="Another?", options=known.option_texts).asks_as(known)
    assert own.sample(recording, known).answer is None  # what is written to the disk says nothing of it
