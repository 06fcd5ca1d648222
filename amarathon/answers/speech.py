"""Which words of a reply are the transcript that was asked for.

The prompt asks for ``Spoken Content: <transcribed text here>``. Models write it in brackets, quotes,
bold, code fences, behind "Sure! Here is the transcription:", or leave it out.
"""

import re

from amarathon.answers.spelling import unify
from amarathon.answers.structure import transcript_part
from amarathon.answers.thoughts import without_thoughts

_BEFORE, _BEHIND = r"[ \t*_\"'`#>\-\[(<]{0,10}", r"[ \t*_\"'`\])]{0,8}"
_LABEL = r"(?:spoken|speech)[ _]{1,3}(?:content|text)"
_MARK = r"(?::|=|-{1,2}>?(?=\s))(?:[*_]{1,3}(?=\s|\Z))?"
# As the prompt spells it, anywhere; in other letters only where a line or sentence begins.
_PREFIX = re.compile(
    rf"(?:(?:^|[.!?:;)]){_BEFORE}(?i:{_LABEL})|\bSpoken Content){_BEHIND}{_MARK}"
    rf"|^[#*_ ]{{1,8}}(?i:{_LABEL})[*_ ]{{0,8}}$",
    re.MULTILINE,
)
_PREAMBLE = re.compile(
    r"\A\s{0,9}[*_#>\"'`]{0,6}"
    r"(?:(?:sure|certainly|of course|ok(?:ay)?|absolutely|alright|yes)\b[^:]{0,60}?)?"
    r"(?:(?:here(?: is|'s| are)|below is|this is|the following is|following is)\b[^\n:]{0,60}?)?"
    r"(?:(?:the|your|a|an|my|full|exact|accurate|audio|complete|verbatim|spoken)\s){0,4}"
    r"(?:transcri(?:pt|ption|bed (?:text|audio|speech))|spoken (?:content|text)|"
    r"text of the (?:audio|speech)|"
    r"(?:audio|recording|speech|clip)(?= says| contains| is as)|speaker(?= says:| is saying:))\b"
    r"[^\n:.!?]{0,80}:(?:[*_]{1,3}(?=\s|\Z))?",
    re.IGNORECASE,
)
_CLOSING_WORDS = re.compile(
    r"\n\s{0,9}\n\s{0,9}(?:let me know|i hope (?:this|that)|please (?:note|let)|note:|"
    r"if you (?:need|have|would)|is there anything|feel free)[^\n]{0,400}\Z",
    re.IGNORECASE,
)
_BRACKETS = {"<": ">", "[": "]", "(": ")", "{": "}"}
_QUOTES = ("```", '"', "'", "`", "**", "*", "__", "_")
_MAX_WRAPPINGS = 6
# What models and captions write in brackets of what is not speech.
_SOUNDS = re.compile(
    r"(?:no |background |indistinct |upbeat |soft )*"
    r"(?:music|silence|speech|noise|applause|laugh(?:s|ter|ing)?|"
    r"inaudible|unintelligible|blank[_ ]audio|audio|cough(?:s|ing)?|sighs?|pause|crosstalk|foreign|end)"
    r"(?: playing| detected| of (?:audio|recording|transcript(?:ion)?)| only)*",
    re.IGNORECASE,
)
_TIME = r"\d{1,2}(?::\d{2}){1,2}(?:[.,]\d{1,3})?"
_TIMES = re.compile(rf"[\[(]?{_TIME}\s?(?:-->|->|-)\s?{_TIME}[\])]?")
_PLACEHOLDER = re.compile(r"[<\[]\s?transcribed\s{1,3}text(?:\s{1,3}here)?\s?[>\]]", re.IGNORECASE)

# The cuts of the paper's scripts, in their order; the first that is there counts.
_PUBLISHED_MARKS = tuple(
    re.compile(re.escape(mark), re.IGNORECASE)
    for mark in ("spoken content:", "content:", "transcription:", "transcript:")
)
_PUBLISHED_SEPARATOR = re.compile(r"<sep>[^<\n]*(?:<|\Z)")
_PUBLISHED_PREFIX = re.compile(
    r"\A(?:spoken\s+(?:text|content)|content|transcript|transcription):\s*", re.IGNORECASE
)


def spoken_content(reply: str) -> str:
    """Take off a reply what is not its transcript.

    Thoughts, answer elements and code fences, the prefix ``Spoken Content:`` with what stands before
    it, or a preamble, and the brackets or quotes around the whole.

    >>> spoken_content("Sure! **Spoken Content:** <hello there>")
    'hello there'
    """
    content = unify(transcript_part(reply))
    prefix = _PREFIX.search(content) or _PREAMBLE.match(content)
    if prefix:
        content = _CLOSING_WORDS.sub("", content[prefix.end() :])
    return _unwrapped(_TIMES.sub(" ", _PLACEHOLDER.sub(" ", content)).strip())


def published_content(reply: str) -> str:
    """Take off a reply what the scripts of the AudioMarathon paper take off.

    They cut at the first of ``spoken content:``, ``content:``, ``transcription:`` and ``transcript:``
    that is anywhere in it, keep what stands up to the next such mark, and drop the prompt's
    placeholder. Thoughts and channels, which their models did not write, are left out before.
    """
    content = unify(without_thoughts(reply)).strip()
    for mark in _PUBLISHED_MARKS:
        _, *parts = mark.split(content, maxsplit=2)
        if parts:
            content = parts[0].strip()
            break
    content = _PUBLISHED_SEPARATOR.sub("", content.replace("<transcribed text here>", "")).strip()
    return _PUBLISHED_PREFIX.sub("", content).strip()


def _unwrapped(content: str) -> str:
    """Take off brackets and quotes around the whole, around every line, or around what comes first."""
    for _ in range(_MAX_WRAPPINGS):
        inner = _inside(content)
        if inner is None and content.startswith("<"):
            inner = _inside_lines(content)
        if inner is None or _SOUNDS.fullmatch(inner.strip()):
            break
        content = inner.strip()
    # A reply that was cut off does not close its bracket.
    closing = _BRACKETS.get(content[:1])
    return content[1:] if closing and closing not in content else content


def _inside_lines(content: str) -> str | None:
    """The transcript in angle brackets line by line, or in a first paragraph of its own."""
    lines = [_inside(line.strip()) for line in content.splitlines() if line.strip()]
    if all(line is not None for line in lines):
        return "\n".join(line for line in lines if line is not None)
    first, _, _ = content.partition("\n\n")
    return _inside(first.strip())


def _inside(content: str) -> str | None:
    """What one pair of brackets or quotes holds, if it holds the whole."""
    whole = content.rstrip(" .") if content[:1] in _BRACKETS else content
    closing = _BRACKETS.get(whole[:1])
    if closing and whole.endswith(closing) and len(whole) > 1:
        inner = whole[1:-1]
        return inner if closing not in inner and whole[0] not in inner else None
    for quote in _QUOTES:
        if len(content) > 2 * len(quote) and content.startswith(quote) and content.endswith(quote):
            inner = content[len(quote) : -len(quote)]
            return None if quote in inner else inner
    return None
