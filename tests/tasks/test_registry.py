"""Reading task files: the ten that there are, and every mistake named with its file and line."""

from pathlib import Path

import pytest

from amarathon.errors import TaskError
from amarathon.tasks import TASKS, load_tasks

SOUND = """\
code: NEW
name: New Task
group: Audio Classification
source: Nowhere
order: 1
metric: macro_f1
letters: AB
labels: [left, right]
question: Which?
prompt:
  system: Listen.
  user: |-
    {question}
    {options}
  option: "{letter}: {text}"
max_new_tokens: 16
"""


def write(folder: Path, text: str | bytes, name: str = "new.yaml") -> Path:
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def refusal(folder: Path) -> str:
    with pytest.raises(TaskError) as caught:
        load_tasks(folder)
    return str(caught.value)


def test_the_ten_tasks_stand_in_the_papers_order() -> None:
    assert list(TASKS) == ["SER", "SCR", "ASR", "SED", "MC", "ASC", "SD", "ER", "SAR", "SGR"]


def test_three_tasks_fix_the_order_of_their_options() -> None:
    fixed = {code: (task.letters, task.labels) for code, task in TASKS.items() if task.fixed_order}
    assert fixed == {
        "SAR": (
            "ABCDE",
            (
                "Young Adult (18-30)",
                "Early Career (31-40)",
                "Mid Career (41-50)",
                "Senior (51-70)",
                "Elderly (71+)",
            ),
        ),
        "SGR": ("AB", ("male", "female")),
        "SD": ("AB", ("real", "fake")),
    }


def test_metro_and_metro_station_are_two_scenes() -> None:
    assert {"metro", "metro_station"} <= set(TASKS["ASC"].labels)


def test_the_registry_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        TASKS["NEW"] = TASKS["SCR"]  # type: ignore[index]


def test_a_sound_file_is_read(tmp_path: Path) -> None:
    tasks = load_tasks(write(tmp_path, SOUND))
    assert tasks["NEW"].labels == ("left", "right")
    assert tasks["NEW"].is_multiple_choice


def with_line(old: str, new: str) -> str:
    assert old in SOUND
    return SOUND.replace(old, new)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (with_line("source: Nowhere", "source: Nowhere\nsauce: Nowhere"), 5, "sauce is no field of a task"),
        (
            with_line("  system: Listen.", "  system: Listen.\n  sytem: Hear."),
            12,
            "prompt.sytem is no field of a task",
        ),
        (with_line("name: New Task\n", ""), 1, "name is missing"),
        (with_line("  system: Listen.\n", ""), 10, "prompt.system is missing"),
        (with_line("order: 1", "order: first"), 5, "order: Input should be a valid integer"),
        (
            with_line("labels: [left, right]", "labels:\n  - left\n  - 3"),
            10,
            "labels.1: Input should be a valid string",
        ),
        (with_line("code: NEW", "code: new"), 1, "code: String should match pattern"),
        (with_line("group: Audio Classification", "group: Audio"), 3, "group: Input should be"),
        (with_line("question: Which?", "question: Which?\nname: Again"), 10, "name is given twice"),
        (with_line("  user: |-", "  system: Twice.\n  user: |-"), 12, "system is given twice"),
        (with_line("labels: [left, right]", "labels: [left, left]"), 1, "the task: a label is listed twice"),
        (with_line("letters: AB", "letters: BC"), 1, "letters must be a beginning of ABCDE"),
        (with_line("metric: macro_f1", "metric: war"), 1, "a task with options is scored by macro_f1"),
        (with_line("    {options}\n", ""), 10, "needs both {options} in user and an option line"),
        (with_line("{letter}: {text}", "{letter}"), 10, "an option line needs both {letter} and {text}"),
        (with_line("{question}", "{topic}"), 10, "user may hold only {options} and {question}, not {topic}"),
        (with_line("{question}", "{question.title}"), 10, "not {question.title}"),
        (with_line("{question}", "{question!r}"), 10, "user may hold only"),
        (with_line("{question}", "{question:{options}}"), 10, "user may hold only"),
        (with_line("{question}", "{question"), 10, "user is no template"),
        (with_line("question: Which?", "question: [Which?"), 9, "not valid YAML"),
        ("- code: NEW\n", 1, "a task file is a mapping of fields"),
        ("", 1, "a task file is a mapping of fields"),
        (b"code: NEW\nname: \xff\n", 2, "not UTF-8 text"),
        ("code: NEW\nname: \a\n", 2, "not valid YAML"),
    ],
)
def test_a_mistake_is_named_with_its_file_and_line(
    tmp_path: Path, text: str | bytes, line: int, reason: str
) -> None:
    message = refusal(write(tmp_path, text))
    assert message.startswith(f"new.yaml, line {line}: ")
    assert reason in message
    assert "\n" not in message


def test_yaml_booleans_among_labels_are_no_labels(tmp_path: Path) -> None:
    # YAML 1.1 reads an unquoted yes or no as a truth value.
    assert "labels.0: Input should be a valid string" in refusal(
        write(tmp_path, with_line("left, right", "yes, right"))
    )


@pytest.mark.parametrize(
    ("second", "line", "reason"),
    [
        (with_line("order: 1", "order: 2"), 1, "code NEW is used by new.yaml already"),
        (with_line("code: NEW", "code: ALSO"), 5, "order 1 is used by new.yaml already"),
    ],
)
def test_two_files_cannot_claim_one_code_or_one_order(
    tmp_path: Path, second: str, line: int, reason: str
) -> None:
    write(tmp_path, second, "second.yaml")
    message = refusal(write(tmp_path, SOUND))
    assert message == f"second.yaml, line {line}: {reason}."
