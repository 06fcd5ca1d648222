"""Options that a reply names by their number: "option 2", "the second one", "第二个"."""

from collections.abc import Sequence

from amarathon.answers.mentions import Mention
from amarathon.answers.names import Name
from amarathon.answers.vocabulary import NOUNS
from amarathon.answers.words import Words

_CARDINALS = (
    "1 one 一",
    "2 two 二 两",
    "3 three 三",
    "4 four 四",
    "5 five 五",
    "6 six 六",
    "7 seven 七",
    "8 eight 八",
)
_ORDINALS = (
    "first 1st primera primero première premier erste ersten primeira prima первый первая первое الأول "
    "الأولى 첫",
    "second 2nd segunda segundo deuxième seconde zweite zweiten seconda второй вторая второе الثاني "
    "الثانية 두",
    "third 3rd tercera tercero troisième dritte dritten terceira terza третий третья третье الثالث "
    "الثالثة 세",
    "fourth 4th cuarta cuarto quatrième vierte vierten quarta четвёртый четвертый четвертая الرابع "
    "الرابعة 네",
    "fifth 5th quinta quinto cinquième fünfte fünften пятый пятая الخامس الخامسة 다섯",
)
_CARDINAL = {word: number for number, words in enumerate(_CARDINALS) for word in words.split()}
_ORDINAL = {word: number for number, words in enumerate(_ORDINALS) for word in words.split()}
_COUNTED = NOUNS - {"choice", "letter"} | {"one", "answer", "番目", "번째", "번"}
_COUNTERS = frozenset({"", "个", "個", "项", "項", "选项", "選項", "种", "種"})
_BEFORE_A_NUMBER = frozenset({"the", "第", "la", "el", "le", "die"})
_BEHIND_A_CARDINAL = frozenset({"番目", "번", "번째"})


def find_ordinals(text: Words, names: Sequence[Name], count: int) -> list[Mention]:
    """Find options named by number or ordinal, counted from one as people do.

    Nothing where an option's own text has such a number: "option 2" may then be its text.
    """
    named = {word for name in names for word in name.words}
    if not named.isdisjoint(_CARDINAL) or not named.isdisjoint(_ORDINAL):
        return []
    found = []
    for index, word in enumerate(text.words):
        before = text.words[index - 1] if index else ""
        after = text.words[index + 1] if index + 1 < len(text.words) else ""
        counted = before in NOUNS or after in _BEHIND_A_CARDINAL or (before == "第" and after in _COUNTERS)
        number = _CARDINAL.get(word) if counted else _ORDINAL.get(word) if after in _COUNTED else None
        if number is not None:
            start = index - (before in NOUNS or before in _BEFORE_A_NUMBER)
            end = index + 1 + (after in _COUNTED or after in _BEHIND_A_CARDINAL or after in _COUNTERS - {""})
            found.append(Mention(start, end, frozenset({number}) & frozenset(range(count))))
    return found
