"""Words that tell how an option is mentioned, in languages that models answer in besides English.

A row a language. Chinese and Japanese are written without spaces: a reply is cut at the words of
their rows, the longest first, and into single characters elsewhere.
"""

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Language:
    """The words of one language, each field a list with spaces between.

    Attributes
    ----------
    name : str
    answers : str
        "answer": what stands behind it and "is" is the answer.
    nouns : str
        "option": the letter beside it is a letter.
    copulas, predicates : str
        "is"; "choose", "think": what stands behind them is put forward.
    between : str
        Words that may stand between those and the mention: articles, "correct".
    joining : str
        "and", "or", "nor".
    denying, contrast : str
        "not", before what it denies; "but", where that ends.
    verbs, true, false : str
        Behind a mention: "is", "right", "wrong".
    following : str
        Other words behind a letter that leave it a letter: particles, "because".
    final : str
        "final": a final answer replaces those before it.
    withdrawing : str
        A clause that begins so takes back what was said.
    """

    name: str
    answers: str
    nouns: str
    copulas: str
    predicates: str
    between: str
    joining: str
    denying: str
    contrast: str
    verbs: str
    true: str
    false: str
    following: str = ""
    final: str = ""
    withdrawing: str = ""


LANGUAGES = (
    Language(
        "Chinese",
        answers="答案 答案是 答案为 答案為 答案选 答案選 答 回答 正解 正确答案 正確答案 正确选项 "
        "正確選項 答案应为 答案應為 答案应该是 答案應該是 正确的答案 正確的答案 正确的选项 "
        "正確的選項",
        nouns="选项 選項 选择项 選擇項 字母",
        copulas="是 为 為 就是 应该是 應該是 应是 應是 应为 應為 乃",
        predicates="选 選 选择 選擇 应选 應選 应该选 應該選 应该选择 應該選擇 我选 我選 我选择 我選擇 故选 "
        "故選 认为 認為 我认为 我認為 觉得 覺得 我觉得 猜 我猜",
        between="的 最 正确的 正確的 应该 應該 可能 很可能 大概 我 我的 最终 最終 最后 最後",
        joining="或 或者 和 与 與 还是 還是 及 以及",
        denying="不是 不选 不選 不 非 并非 並非 没有 沒有 排除 既不是 也不是 无法 無法 不能 不确定 "
        "不確定 不会是 不可能是",
        contrast="而是 但 但是 所以 因此 因为 因為 而 故 可是",
        verbs="是 就是 更 最 都 都是 都不是 不正确 不正確 不对 不對 不符合 错误 錯誤 错 錯 正确 正確 "
        "显然 顯然 被 可以 不是",
        true="正确 正確 正确的 正確的 对 對 正解 正确答案 正確答案",
        false="错误 錯誤 错误的 錯誤的 错 錯 不正确 不正確 不对 不對 不符合 排除 都不是 不是",
        following="的 选项 選項 项 項 吧",
        final="最终 最終 最后 最後 最终答案 最終答案 最终答案是 最終答案是 最后答案 最後答案",
        withdrawing="等等 等一下 等下 更正 纠正 糾正 重新考虑 重新考慮 我错了 我錯了 抱歉 不对 不對 应该说",
    ),
    Language(
        "Japanese",
        answers="答え 答えは 答えが 正解 正解は 正答 正答は 回答 回答は 解答 解答は 正しい答え "
        "正しい答えは 正しい選択肢は",
        nouns="選択肢 選択肢は 記号",
        copulas="は",
        predicates="選ぶ 選びます 私は",
        between="おそらく たぶん きっと 恐らく",
        joining="または もしくは か と や",
        denying="違う",
        contrast="しかし だから したがって なので",
        verbs="が は も ではなく ではありません ではない じゃない じゃなく でなく 違います ではなくて",
        true="正解 正解です 正しい 正しいです",
        false="ではなく ではありません ではない じゃない じゃなく でなく 違います 違う ではなくて "
        "間違い 不正解 誤り",
        following="です だ である でしょう だと思います と思います を だと 番 になります となります かな",
        final="最終的な答え 最終的な答えは 最終回答 最終回答は",
        withdrawing="いや いいえ 訂正 すみません 待って",
    ),
    Language(
        "Korean",
        answers="답 답은 답이 정답 정답은 정답이 답변 답변은 해답 해답은",
        nouns="선택지 옵션 보기 선지",
        copulas="",
        predicates="저는 나는",
        between="아마 아마도 바로 올바른 맞는",
        joining="또는 혹은 나 이나 과 와 그리고",
        denying="",
        contrast="그러나 하지만 따라서 그래서 그러므로",
        verbs="가 이 은 는 도 아니라 아니고",
        true="정답 정답입니다 정답이다 맞습니다 맞다 맞아요 답입니다 답이다 옳습니다",
        false="아니라 아니고 아닙니다 아니다 아니에요 틀렸습니다 틀립니다 틀리다 오답입니다 오답이다",
        following="입니다 이다 예요 이에요 을 를 로 으로 라고 이라고 번 번입니다 인 같습니다 일",
        final="최종 최종답은",
        withdrawing="아니 아뇨 아니요 정정 잠깐 잠깐만",
    ),
    Language(
        "Spanish",
        answers="respuesta solución",
        nouns="opción opcion alternativa letra inciso",
        copulas="es sería seria",
        predicates="elijo escojo selecciono elegiría elegiria creo pienso diría",
        between="la el lo correcta correcto mi que",
        joining="o y ni u",
        denying="no ni ninguna ninguno tampoco nunca",
        contrast="sino pero",
        verbs="es son está parece",
        true="correcta correcto",
        false="incorrecta incorrecto falsa falso",
        following="porque",
        final="final definitiva",
        withdrawing="espera corrección perdón mejor",
    ),
    Language(
        "French",
        answers="réponse reponse solution",
        nouns="option l'option choix lettre proposition",
        copulas="est serait c'est",
        predicates="choisis sélectionne pense crois dirais",
        between="la le les bonne correcte exacte que ma",
        joining="ou et ni",
        denying="pas ni aucune aucun",
        contrast="mais plutôt",
        verbs="est sont n'est semble",
        true="correcte correct bonne exacte juste",
        false="incorrecte incorrect fausse faux mauvaise pas",
        following="car parce",
        final="finale définitive",
        withdrawing="attends attendez correction pardon non",
    ),
    Language(
        "German",
        answers="antwort lösung richtig korrekt",
        nouns="option antwortmöglichkeit buchstabe variante auswahl antwort",
        copulas="ist lautet wäre",
        predicates="wähle nehme glaube denke meine",
        between="die der das richtige korrekte wohl wahrscheinlich",
        joining="oder und noch",
        denying="nicht kein keine weder",
        contrast="sondern aber",
        verbs="ist sind scheint",
        true="richtig korrekt",
        false="falsch nicht",
        following="weil",
        final="endgültige finale",
        withdrawing="moment korrektur entschuldigung nein halt",
    ),
    Language(
        "Portuguese",
        answers="resposta gabarito",
        nouns="opção opcao alternativa letra",
        copulas="é seria",
        predicates="escolho seleciono acho acredito creio",
        between="a o correta certa correto minha que",
        joining="ou e nem",
        denying="não nao nem nenhuma nenhum",
        contrast="mas sim",
        verbs="é são está parece",
        true="correta certa correto certo",
        false="incorreta errada incorreto errado",
        following="porque pois",
        final="final",
        withdrawing="espere espera correção desculpe não",
    ),
    Language(
        "Italian",
        answers="risposta soluzione",
        nouns="opzione l'opzione lettera alternativa",
        copulas="è sarebbe",
        predicates="scelgo seleziono credo penso",
        between="la il corretta giusta esatta mia che",
        joining="o e né ne",
        denying="non né nessuna",
        contrast="ma bensì",
        verbs="è sono sembra",
        true="corretta giusta esatta",
        false="errata sbagliata scorretta",
        following="perché",
        final="finale definitiva",
        withdrawing="aspetta correzione scusa no",
    ),
    Language(
        "Russian",
        answers="ответ ответом",
        nouns="вариант варианта вариантом опция буква пункт",
        copulas="это является будет",
        predicates="выбираю выберу думаю считаю полагаю",
        between="правильный верный правильным мой скорее всего что",
        joining="или и ни",
        denying="не ни нет",
        contrast="а но",
        verbs="это является верен верный неверен подходит",
        true="правильный верный правильно верно верен",
        false="неправильный неверный неправильно неверно неверен не",
        following="потому",
        final="окончательный итоговый",
        withdrawing="нет стоп подождите исправление простите точнее",
    ),
    Language(
        "Arabic",
        answers="الإجابة الاجابة إجابة الجواب جواب الحل",
        nouns="الخيار خيار الحرف حرف الاختيار",
        copulas="هي هو تكون",
        predicates="أختار اختار أعتقد اعتقد أظن",
        between="الصحيحة الصحيح أن ان",
        joining="أو او و ولا",
        denying="ليس ليست لا وليس غير ولا",
        contrast="بل لكن ولكن وإنما",
        verbs="هي هو ليس ليست",
        true="صحيح صحيحة الصحيح الصحيحة",
        false="خاطئ خاطئة خطأ ليس ليست",
        following="لأن",
        final="النهائية النهائي",
        withdrawing="انتظر تصحيح عذرا عذرًا",
    ),
)


def words_of(field: str) -> frozenset[str]:
    """The words of one field in all languages."""
    return frozenset(word for language in LANGUAGES for word in getattr(language, field).casefold().split())


def unspaced_words() -> list[str]:
    """Every word that is written without spaces around it, the longest first."""
    words = {word for field in fields(Language)[1:] for word in words_of(field.name)}
    unspaced = [word for word in words if any("\u3040" <= letter <= "\u9fff" for letter in word)]
    return sorted(unspaced, key=lambda word: (-len(word), word))
