r"""A reply's own structure, read before its words: thoughts first, then what encloses the answer.

Answer elements (``<answer>B</answer>``), boxes (``\\boxed{B}``), objects (``{"answer": "B"}``), calls
(``submit(answer="B")``), code fences, check boxes and labelled paragraphs say which part of a reply is
its answer. Choices and transcripts are read through the same functions.
"""

import re
from collections.abc import Iterable

from amarathon.answers.fields import field_values, name_words, whole_value
from amarathon.answers.thoughts import is_mark, is_named, without_thoughts

_NAMES = (
    "answer|final[_-]?answer|final|response|output|result|solution|conclusion|choice|selection|selected[_-]?option|"
    "option|prediction|label|verdict|letter|transcript|transcription|transcribed[_-]?text|spoken[_-]?content|text"
)
_ELEMENT = re.compile(rf"<(?P<closing>/?)(?P<name>{_NAMES})\s?>", re.IGNORECASE)
_BOX = re.compile(r"\\(?:boxed|fbox|framebox)\s?\{", re.IGNORECASE)
_FENCE = re.compile(r"^[ \t>]*(?:```|~~~)[^\n`]{0,40}$", re.MULTILINE)
_FORMATTING = re.compile(
    r"\\(?:text|textbf|textit|texttt|mathrm|mathbf|mathit|mathsf|operatorname|mbox|emph)\s?(?=\{)",
    re.IGNORECASE,
)
# What was struck out.
_STRUCK = re.compile(r"~~[^~\n]{1,200}~~|<(del|strike)>[^<]{0,500}</\1>", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_BULLET = r"^[ \t]{0,12}(?:[-*+]|\d{1,2}[.)])?[ \t]{0,4}"
_CHECKED = re.compile(_BULLET + r"(?:\[[xX]\]|[\u2611\u2612\u2705\u2714])", re.MULTILINE)
_UNCHECKED = re.compile(_BULLET + r"(?:\[[ ]?\]|[\u2610\u274c\u2716\u2717])", re.MULTILINE)

# "Reasoning:", "**Explanation:**", and headings of their own line.
_LABEL = re.compile(
    r"""^(?:[ \t>*_\-"'`#]{0,12}([^\W\d_][\w '\-/]{0,40}?)[*_"'` ]{0,6}[:\uff1a]"""
    r"""|(?:#{1,6}[ ]|\*\*)[*_ ]{0,4}([^\W\d_][\w '\-/]{0,40}?)[*_ ]{0,4}$)""",
    re.MULTILINE,
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ASIDES = _words(
    "reasoning reason thought thoughts thinking explanation analysis rationale justification note notes "
    "evidence discussion observation observations background context confidence elimination 解释 解釋 分析 "
    "理由 原因 推理 解析 解説 解說 설명 이유 explicación razonamiento explication raisonnement erklärung "
    "begründung explicação spiegazione объяснение обоснование التفسير الشرح 思考 思路 想法 "
    "思考过程 推理过程 分析过程 思考過程 考え 생각 사고과정 pensamiento pensée gedanken überlegung "
    "pensamento pensiero мысли мысль рассуждение рассуждения التفكير"
)
_BEFORE_AN_ASIDE = _words("my the brief short step by detailed chain of process and")
_OWN_NAMES = _words(
    "answer answers choice option letter selection selected pick prediction predicted label category class "
    "response result output conclusion verdict decision solution 答案 选项 選項 回答 答え 正解 정답 답 답변 "
    "respuesta réponse reponse antwort resposta risposta ответ الإجابة"
)
# The best name first.
_FIELDS = ("answer", "choice", "option", "letter", "selected", "selection", "prediction", "label")
_SPOKEN_FIELDS = (
    "transcript", "transcription", "transcribed", "spoken", "speech", "text", "content", "answer", "response",
    "output", "result",
)  # fmt: skip
_WORD = re.compile(r"[^\W_]")
# Longer replies are loops; no model means anything by them.
MAX_CHARACTERS = 250_000


def is_structure(token: str) -> bool:
    """Whether a control token is a part of a reply's structure, which is lost without it."""
    return is_mark(token) or _ELEMENT.fullmatch(token) is not None


def answer_part(reply: str) -> str:
    """Read which part of a reply states its answer to a multiple-choice question.

    Parameters
    ----------
    reply : str
        Any text at all.

    Returns
    -------
    str
        The part, or all that is addressed to the reader; empty where there is nothing, or more
        than `MAX_CHARACTERS`.
    """
    text = without_thoughts(reply)
    if len(text) > MAX_CHARACTERS:
        return ""
    text = _without_struck(text)
    for _ in range(4):
        inner = _enclosed(text)
        if inner is None:
            break
        text = inner
    return _FORMATTING.sub(" ", _ticked(_without_asides(text)))


def transcript_part(reply: str) -> str:
    """Read which part of a reply holds the transcript, its prefix included."""
    text = without_thoughts(reply)
    for _ in range(4):
        inner = _only_one(_elements(text))
        if inner is None:
            inner = _only_one(_boxes(text)) or _spoken_field(text)
        if inner is None:
            break
        text = inner
    return _unfenced(text)


def _enclosed(text: str) -> str | None:
    """What the one element, box or field around the answer encloses; `None` without one."""
    inner = _only_one(_elements(text))
    if inner is None:
        inner = _only_one(_boxes(text))
    if inner is None:
        values = field_values(text, _choice_rank)
        inner = None if values is None else "\n".join(dict.fromkeys(values))
        if inner is None:
            inner = _true_names(text)
    return inner if inner != text else None


def _without_struck(text: str) -> str:
    commented = text.rfind("-->") + 3
    return _STRUCK.sub(" ", _COMMENT.sub(" ", text[:commented]) + text[commented:])


def _only_one(contents: Iterable[str]) -> str | None:
    """The content that has words, where all such contents are one: two answers are read as words are."""
    different = {content.strip(): content for content in contents if _WORD.search(content)}
    return next(iter(different.values())) if len(different) == 1 else None


def _elements(text: str) -> list[str]:
    """The contents of answer elements; one that is not closed goes on to the end."""
    contents: list[tuple[bool, str]] = []
    opening: re.Match[str] | None = None
    for mark in _ELEMENT.finditer(text):
        if is_named(text, *mark.span()):
            continue
        if not mark["closing"]:
            opening = mark
        elif opening is not None:
            contents.append((_is_answer_element(opening), text[opening.end() : mark.start()]))
            opening = None
    if opening is not None and not contents:
        contents.append((_is_answer_element(opening), text[opening.end() :]))
    best = any(is_answer for is_answer, _ in contents)
    return [content for is_answer, content in contents if is_answer == best]


def _is_answer_element(mark: "re.Match[str]") -> bool:
    return "answer" in mark["name"].lower()


def _boxes(text: str) -> list[str]:
    """The contents of LaTeX boxes."""
    contents, reach = [], 0
    for box in _BOX.finditer(text):
        if box.start() < reach:
            continue
        depth, reach = 1, box.end()
        while depth and reach < len(text) and reach < box.end() + 2000:
            depth += {"{": 1, "}": -1}.get(text[reach], 0)
            reach += 1
        contents.append(text[box.end() : reach - 1 if not depth else reach])
    return contents


def _unfenced(text: str) -> str:
    """The content of the one code fence of a text; without one, the text."""
    fences = list(_FENCE.finditer(text))
    if len(fences) == 1 and not text[: fences[0].start()].strip():
        return text[fences[0].end() :]
    if len(fences) == 2 and _WORD.search(text, fences[0].end(), fences[1].start()):
        return text[fences[0].end() : fences[1].start()]
    return text


def _choice_rank(name: frozenset[str]) -> int:
    if not name & _OWN_NAMES:
        return 0
    ranks = [len(_FIELDS) - index for index, field in enumerate(_FIELDS) if field in name]
    return 1 + max(ranks, default=0) + (len(_FIELDS) if "final" in name else 0)


def _spoken_rank(name: frozenset[str]) -> int:
    ranks = [len(_SPOKEN_FIELDS) - index for index, field in enumerate(_SPOKEN_FIELDS) if field in name]
    return max(ranks, default=0)


def _spoken_field(text: str) -> str | None:
    """The transcript of a reply that is an object."""
    whole = _unfenced(text)
    if whole_value(whole) is None:
        return None
    values = field_values(whole, _spoken_rank)
    return None if values is None else " ".join(values)


def _true_names(text: str) -> str | None:
    """The names that an object of options marks as true."""
    value = whole_value(_unfenced(text))
    if isinstance(value, dict) and value and all(isinstance(marked, bool) for marked in value.values()):
        return "\n".join(str(name) for name, marked in value.items() if marked)
    return None


def _ticked(text: str) -> str:
    """The ticked lines of a list of check boxes; without such a list, the text."""
    if not (_CHECKED.search(text) and _UNCHECKED.search(text)):
        return text
    return "\n".join(_CHECKED.sub("", line) for line in text.splitlines() if not _UNCHECKED.match(line))


def _without_asides(text: str) -> str:
    """Leave out what stands under a label such as "Explanation:", up to a label of the answer."""
    labels = [(label.start(), name_words(label[1] or label[2])) for label in _LABEL.finditer(text)]
    if not any(_is_aside(words) for _, words in labels):
        return text
    kept, at, aside = [], 0, False
    for start, words in labels:
        if not aside:
            kept.append(text[at:start])
            at = start
        if _is_aside(words):
            aside = True
        elif words & _OWN_NAMES:
            at, aside = start, False
    kept.append("" if aside else text[at:])
    # "Reasoning: ...", a blank line, "C".
    for rest in ("".join(kept), text.rpartition("\n\n")[2]):
        if _WORD.search(rest):
            return rest
    return text


def _is_aside(words: frozenset[str]) -> bool:
    return bool(words & _ASIDES) and words <= _ASIDES | _BEFORE_AN_ASIDE
