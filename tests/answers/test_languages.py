"""Answers in other languages, in letters of other alphabets, and by number."""

import pytest

from amarathon.answers import read_answer

EMOTIONS = ["Neutral", "Angry", "Sad", "Happy"]
A, B, C, D = range(4)

SECOND = """
答案是B
答案是B。
答案是 B
答案：B
答案为B
答案是（B）
答案是【B】
答案是「B」
答案是**B**
答案是B：Angry
选B
選B
我选B
我选择B
我認為是B
我认为是B
我认为答案是B
我觉得是B
正确答案：B
正确答案是B。
正確答案是B
正确答案是：B
正确选项是B
选项B
B选项
B。
应该选择B
應該選擇B
所以答案是B
因此，答案是B。
综上所述，选B
故选B
B是正确的
B正确
B是正确答案
不是A，是B
不是A而是B
不是A，而是B
不选A，选B
选B不选A
答案不是A，答案是B
A不正确，B正确
A是错误的，B是正确的
答案是A。等等，应该是B。
答案是A。不对，答案是B
最终答案：B
最终答案是B
根据录音，说话者听起来很生气，所以答案是B。
第二个
选第二个
选项2
選項二
答えはB
答えは B です。
答えはBです
正解はBです。
正解はB
Bです
Bだと思います
Bが正解です
答え：B
正解：B
選択肢B
Aではなく、Bです
AではなくBです
Aではありません。Bです。
私はBを選びます
정답은 B입니다
정답은 B입니다.
정답: B
답: B
답은 B
정답은 B이다
B입니다
B가 정답입니다
B번
저는 B라고 생각합니다
A가 아니라 B입니다
정답은 A가 아니라 B입니다.
선택지 B
La respuesta es B
La respuesta correcta es B.
La respuesta correcta es la B.
La respuesta a la pregunta es B
Respuesta: B
Respuesta final: B
Opción B
La opción correcta es la B
Elijo B
Creo que es B
Es B
No es A, sino B
No es A sino B
No es A, es B
La respuesta es A. Perdón, es B.
La réponse est B
La bonne réponse est B.
La bonne réponse est la B.
Réponse : B
Option B
C'est B
C'est la B.
Je choisis B
Je pense que c'est B.
Ce n'est pas A mais B
Ce n'est pas A, c'est B
Pas A, mais B
Die Antwort ist B
Die richtige Antwort ist B.
Die richtige Antwort lautet B.
Antwort: B
Antwort B
Richtig ist B.
Ich wähle B
Nicht A, sondern B
Es ist nicht A, sondern B.
B ist richtig
A ist falsch, B ist richtig
الإجابة هي B
الإجابة الصحيحة هي B
الإجابة: B
الجواب هو B
الإجابة هي ب
ب
الخيار ب
ليس A بل B
ليس A، بل B
Ответ: B
Ответ: В
Ответ: Б
Ответ — B
Ответ B
Правильный ответ — B.
Правильный ответ B
Вариант B
Я думаю, что B
Я выбираю B
Не A, а B
Это B
B верно
A resposta é B
A resposta correta é B.
A resposta é a B
Resposta: B
Opção B
Não é A, é B
Não é A, mas sim B
La risposta è B
La risposta corretta è la B.
Risposta: B
Non A ma B
Ｂ
Ⓑ
ⓑ
⒝
（Ｂ）
🅱
🅑
𝐁
В
Β
"""


@pytest.mark.parametrize("reply", SECOND.strip().splitlines())
def test_ways_to_say_the_second_option(reply: str) -> None:
    assert read_answer(reply, EMOTIONS) == B


# "A" is a letter beside words of other scripts, and an article or a preposition in Latin ones.
FIRST = """
答案是A
选A
A选项
选项A
A是正确的
Aです
答えはA
정답은 A입니다
Respuesta: A
La respuesta es A
Réponse: A
Antwort: A
A ist richtig
Ответ: А
Ответ: A
أ
الإجابة هي أ
"""


@pytest.mark.parametrize("reply", FIRST.strip().splitlines())
def test_ways_to_say_the_first_option(reply: str) -> None:
    assert read_answer(reply, EMOTIONS) == A


NEITHER = """
A或B
A或者B
A和B
AまたはB
AかB
A 또는 B
A o B
Ni A ni B
A ou B
Die Antwort ist A oder B
weder A noch B
A или B
ни A, ни B
A أو B
无法确定
我不知道
わかりません
В записи слышен голос
А потом он сказал
On entend une voix qui a parlé
A car honks
A son speaks
2
"""


@pytest.mark.parametrize("reply", NEITHER.strip().splitlines())
def test_what_names_no_option_or_two_is_not_read(reply: str) -> None:
    assert read_answer(reply, EMOTIONS) is None


CHINESE = ["悲伤", "愤怒", "高兴", "中性"]
JAPANESE = ["犬", "猫", "鳥", "馬"]
NUMBERS = ["1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("reply", "options", "expected"),
    [
        ("愤怒", CHINESE, B),
        ("B：愤怒", CHINESE, B),
        ("答案是愤怒", CHINESE, B),
        ("说话者很愤怒，不是悲伤。", CHINESE, B),
        ("不是悲伤，是愤怒", CHINESE, B),
        ("A. 愤怒", CHINESE, None),
        ("既不是A也不是B，是C", EMOTIONS, C),
        ("猫", JAPANESE, B),
        ("答えは猫です", JAPANESE, B),
        ("犬ではなく、猫です", JAPANESE, B),
        ("ج", EMOTIONS, C),
        ("د", EMOTIONS, D),
        ("Ответ: С", EMOTIONS, C),
        ("Option 2", EMOTIONS, B),
        ("option #2", EMOTIONS, B),
        ("option two", EMOTIONS, B),
        ("the second option", EMOTIONS, B),
        ("The first choice is B", EMOTIONS, B),
        ("I choose option 2.", EMOTIONS, B),
        ("The second one.", EMOTIONS, B),
        ("Option two is unclear", EMOTIONS, None),
        ("The second one is a man", EMOTIONS, None),
        ("Option 5", EMOTIONS, None),
        ("Option 2", NUMBERS, B),
        ("2", NUMBERS, B),
        ("The second option", ["the second", "the first"], A),
    ],
)
def test_texts_and_numbers_in_other_languages(reply: str, options: list[str], expected: int | None) -> None:
    assert read_answer(reply, options) == expected
