"""Right passwords cost as much as wrong ones: nobody keeps the hashing to themselves."""

from human_eval.api.limits import SIGN_INS, SIGN_INS_OF_NAME
from tests.human_eval.test_entrance_limits import PASSWORD, at, sign_in

__all__ = ["at"]


def test_one_name_does_not_sign_in_again_and_again(at):
    eve = at("10.0.0.66")
    codes = [sign_in(eve, "boss", PASSWORD) for _ in range(SIGN_INS_OF_NAME.amount + 3)]
    assert codes == [200] * SIGN_INS_OF_NAME.amount + [429] * 3
    assert sign_in(at("10.0.0.2"), "boss", PASSWORD) == 200


def test_one_address_does_not_sign_in_under_many_names(at, monkeypatch):
    eve = at("10.0.0.66")
    right = [sign_in(eve, "boss", PASSWORD) for _ in range(SIGN_INS_OF_NAME.amount)]
    assert set(right) == {200}
    wrong = [sign_in(eve, f"name {number}", "guess guess") for number in range(50)]
    assert wrong.count(401) <= SIGN_INS.amount - len(right)
    assert wrong[-1] == 429
