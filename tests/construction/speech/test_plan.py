"""Which recordings there are: enough, and no speaker, prompt or line in two splits."""

from collections import Counter, defaultdict

from amarathon.bundling.prompts import SPEECH
from amarathon.construction.speech.cast import ROLES
from amarathon.construction.speech.plan import RECORDINGS, SPLITS
from amarathon.construction.speech.prompts import bundled
from amarathon.datasets.licences import may_be_redistributed
from amarathon.packages.declared import ADVENTURE, PROMPTS_EN, READINGS

BUNDLED = {sample.id: sample.prompts for sample in SPEECH}


def test_there_are_enough_in_every_split() -> None:
    assert len({planned.id for planned in RECORDINGS}) == len(RECORDINGS)
    counts = Counter(planned.split for planned in RECORDINGS)
    assert set(counts) == set(SPLITS)
    assert counts["test"] >= 12


def test_the_three_bundled_samples_are_among_those_that_variants_are_chosen_on() -> None:
    found = {planned.bundled: planned for planned in RECORDINGS if planned.bundled}
    assert set(found) == set(BUNDLED)
    assert {planned.split for planned in found.values()} == {"validation"}
    assert {name: bundled(name) for name in found} == BUNDLED


def test_no_speaker_is_in_two_splits() -> None:
    splits = defaultdict(set)
    for planned in RECORDINGS:
        splits[ROLES[planned.role].actor if planned.role else "Allison Smith"].add(planned.split)
    assert {speaker: found for speaker, found in splits.items() if len(found) > 1} == {}


def test_no_prompt_is_heard_twice() -> None:
    names = [name for planned in RECORDINGS for name in planned.prompts]
    names += [name for prompts in BUNDLED.values() for name in prompts]
    assert [name for name, count in Counter(names).items() if count > 1] == []


def test_a_part_is_dealt_out_in_order() -> None:
    shares = defaultdict(list)
    for planned in RECORDINGS:
        if planned.role:
            shares[planned.role].append(planned.seconds)
    for role, seconds in shares.items():
        assert seconds == [seconds[-1][: index + 1] for index in range(len(seconds))], role


def test_the_games_licence_keeps_its_files_on_the_machine_that_built_them() -> None:
    allowed = {
        package: may_be_redistributed(package.licence) for package in (ADVENTURE, PROMPTS_EN, READINGS)
    }
    assert allowed == {ADVENTURE: False, PROMPTS_EN: True, READINGS: True}
