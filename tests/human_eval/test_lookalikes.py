"""Names that can be taken for the administrator's, and those that cannot."""

import pytest

from human_eval.lookalikes import look_alike

ALIKE = {
    "the same": "maria",
    "a capital": "Maria",
    "capitals": "MARIA",
    "mixed": "mArIa",
    "a Cyrillic a": "mаria",
    "Cyrillic vowels": "mаriа",
    "Cyrillic capitals": "МАRІА",
    "a Cyrillic m, small": "мaria",
    "Greek": "MARΙΑ",
    "full width": "ｍａｒｉａ",
    "mathematical": "𝓶𝓪𝓻𝓲𝓪",
    "a Roman numeral": "mar\u2170a",
    "spaces": "m a r i a",
    "a full stop": "maria.",
    "an underscore": "_maria_",
    "zero width": "mar\u200bia",
    "right to left": "maria\u202e",
    "an accent": "máría",
    "a combining accent": "mari\u0301a",
    "a dotless i": "marıa",
    "two letters for one": "rnaria",
    "a small L for a capital i": "MARlA",
}


@pytest.mark.parametrize("name", ALIKE.values(), ids=ALIKE)
def test_it_can_be_taken_for_maria(name: str) -> None:
    assert look_alike(name, "maria")
    assert look_alike("maria", name)


@pytest.mark.parametrize("name", ["mario", "marla", "mary", "mariam", "anna", "Мария", "张伟", "", "..."])
def test_it_is_another_name(name: str) -> None:
    assert not look_alike(name, "maria")


def test_digits_pass_for_letters() -> None:
    assert look_alike("b0ss", "bOss")
    assert look_alike("bossl", "boss1")
    assert not look_alike("boss2", "boss1")
