"""What of a reply is for its reader: thoughts, channels and other turns are taken away.

Models mark what they think in many ways, and servers strip some of the marks. What is common to all:
a thought is between two marks, or from the beginning to a closing mark (the template wrote the
opening one), or from an opening mark to the end (it never ended, and there is no answer).
"""

import html
import re

# Elements that hold no answer. Prefixes and suffixes are makers': <seed:think>, <longcat_think>.
_ELEMENTS = (
    r"(?:[a-z]+[:_])?think(?:ing)?(?:[:_]\w{1,60})?|(?:inner_|begin_of_|my_)?thoughts?|(?:inner_)?monologue|"
    r"reason(?:ing)?|rationale|reflect(?:ion)?|analysis|scratch_?pad|cot|chain[_-]of[_-]thoughts?|"
    r"internal(?:_monologue|_thoughts?)?|ponder(?:ing)?|deliberation|plan(?:ning)?|caption|summary|details|explanation|justification|seed:cot_budget_reflect"
)
_THINKING = r"(?:thoughts?|think(?:ing)?|reason(?:ing)?)"
_ATTRIBUTES = r"(?:\s[\w:-]{1,40}\s?=[^<>\n]{0,200})?\s?"
_OPENING = (
    rf"<(?:{_ELEMENTS}){_ATTRIBUTES}>",
    r"\[(?:think(?:ing)?|thoughts?|reasoning|unused16)\]",
    r"\u25c1think\u25b7",
    rf"<\|(?:(?:begin_of_|start_(?:of_)?|begin_?)?{_THINKING}(?:_start|_begin)?|inner_prefix)\|>",
    r"<unused94>(?:\s{0,3}thought\b)?",
    r"<\|channel>\s{0,3}(?:thoughts?|analysis)\b",
    r"<\|im_start\|>\s{0,3}think\b",
)
_CLOSING = (
    rf"</(?:{_ELEMENTS})\s?>",
    r"\[/(?:think(?:ing)?|thoughts?|reasoning)\]|\[unused17\]",
    r"\u25c1/think\u25b7",
    rf"<\|(?:(?:end_of_|end_?|/){_THINKING}|{_THINKING}_end|inner_suffix)\|>",
    r"<unused95>",
    r"<channel\|>",
    r"<\|im_start\|>\s{0,3}answer\b",
    r"\[/INST\]",
    r"\.\.\.done thinking\.",
)
_MARK = re.compile(f"(?P<opening>{'|'.join(_OPENING)})|(?P<closing>{'|'.join(_CLOSING)})", re.IGNORECASE)

# Harmony, whole or with its marks stripped by a decoder that skips special tokens.
_MESSAGE = re.compile(
    r"(?:<\|channel\|>|\A)\s{0,3}(?P<channel>analysis|commentary|final)\b[^<>\n]{0,200}"
    r"(?:<\|constrain\|>[^<>\n]{0,100})?<\|message\|>"
    r"|<\|channel\|>\s{0,3}(?P<bare>analysis|commentary|final)"
)
_MESSAGE_END = re.compile(r"<\|(?:end|return|call|start|channel)\|>")
_STRIPPED_THOUGHT = re.compile(r"\s*(?:assistant)?analysis(?![a-z])")
_STRIPPED_FINAL = re.compile(r"assistant\s?final(?:\s?:)?")

_SPECIAL = r"<\|[^<>|\s]{2,60}\|>|<\uff5c[^<>\n]{2,60}\uff5c>"
_ROLE = (
    r"<\|(?:im_start|turn|start)\|?>\s?(?:{0})\b\n?|<\|start_header_id\|>\s?(?:{0})\s?<\|end_header_id\|>|"
    r"<\|(?:{0})\|>|<start_of_turn>\s?(?:{0})\b\n?|<\uff5c(?:{0})\uff5c>"
)
_OWN_ROLE = re.compile(_ROLE.format("assistant|model|gpt|bot"), re.IGNORECASE)
_TURN_END = re.compile(
    r"<\|(?:im_end|eot_id|eom_id|eos|end|endoftext|end_of_text|end_of_turn(?:_token)?|return|eot|user_end|"
    r"endofprompt|end of text)\|>|</s>|<eos>|<end_of_turn>|<turn\|>|<\uff5cend.of.sentence\uff5c>|\[INST\]|"
    + _ROLE.format("user|system|human|tool"),
    re.IGNORECASE,
)
_LEFT_OVER = re.compile(
    rf"{_SPECIAL}|</?s>|<(?:bos|eos|pad|unk|mask|end_of_turn|start_of_turn|turn\|)>", re.IGNORECASE
)
# Marks that enclose an answer, brought to one form for `amarathon.answers.structure`.
_ANSWER_OPENS = re.compile(
    r"<\|(?:begin_of_box|begin_of_solution|start_response|begin_of_answer|answer)\|>|\[ANSWER\]",
    re.IGNORECASE,
)
_ANSWER_CLOSES = re.compile(
    r"<\|(?:end_of_(?:box|solution|answer)|end_response|/answer)\|>|\[/ANSWER\]", re.IGNORECASE
)

# Tokens that are marks only with the word behind them: a channel's or a speaker's name.
_NAMED_BEHIND = re.compile(
    r"<\|(?:channel|message|constrain|start|im_start|turn|start_header_id|end_header_id)\|?>|<start_of_turn>",
    re.IGNORECASE,
)
_TOKENS = (_MARK, _MESSAGE_END, _OWN_ROLE, _TURN_END, _ANSWER_OPENS, _ANSWER_CLOSES, _NAMED_BEHIND)

# "the <think> tag", "`</think>`": words about a mark.
_NAMES_A_MARK = re.compile(
    r"\b(?:the|an?|my|your|this|that|these|any|no|with|without|between|called|named|opening|closing|use|using|"
    r"write|and|or|in|inside|before|after)[ ]\Z",
    re.IGNORECASE,
)
_IS_NAMED = re.compile(r"[ ](?:tags?|tokens?|markers?|marks?|elements?)\b")
_QUOTES = frozenset("`'\"")
_WORD = re.compile(r"[^\W_]")
_ANY_ELEMENT = re.compile(r"</?\w{1,40}>")


def is_named(text: str, start: int, end: int) -> bool:
    """Whether the mark at ``text[start:end]`` is spoken of rather than used."""
    quoted = start > 0 and text[start - 1] in _QUOTES and text[end : end + 1] == text[start - 1]
    before = _NAMES_A_MARK.search(text, max(0, start - 12), start)
    return quoted or bool(before or _IS_NAMED.match(text, end))


def is_mark(token: str) -> bool:
    """Whether a control token marks thoughts, channels or turns, or begins such a mark."""
    return any(mark.fullmatch(token) for mark in _TOKENS)


def without_thoughts(reply: str) -> str:
    """Take thoughts, channels, other turns and special tokens off a reply.

    Parameters
    ----------
    reply : str
        Any text at all.

    Returns
    -------
    str
        What is for the reader, in the reply's own spelling; empty where a thought never
        ends. Of the pieces between several thoughts it is the last that has words.
    """
    if re.search(r"&lt;[/|\w]", reply):
        reply = html.unescape(reply)
    reply = _ANSWER_CLOSES.sub("</answer>", _ANSWER_OPENS.sub("<answer>", _final_channel(reply)))
    pieces = [
        _LEFT_OVER.sub(" ", _OWN_ROLE.sub("", piece)) for piece in _outside_thoughts(_first_turn(reply))
    ]
    worded = [piece for piece in pieces if _has_words(piece)]
    return (worded or pieces or [""])[-1]


def _has_words(text: str) -> bool:
    return _WORD.search(_ANY_ELEMENT.sub("", text)) is not None


def _final_channel(reply: str) -> str:
    """The last message of harmony's final channel; a reply without channels is returned whole."""
    messages = list(_MESSAGE.finditer(reply))
    if messages:
        final = [message for message in messages if "final" in (message["channel"], message["bare"])]
        if not final:
            return ""
        end = _MESSAGE_END.search(reply, final[-1].end())
        return reply[final[-1].end() : end.start() if end else len(reply)]
    stripped = _STRIPPED_THOUGHT.match(reply)
    if stripped:
        *thoughts, final_text = _STRIPPED_FINAL.split(reply)
        if thoughts:
            return final_text
        return "" if reply[stripped.end() : stripped.end() + 1].isupper() else reply
    return reply


def _first_turn(reply: str) -> str:
    """A reply up to where the turn ends; some models go on with the user's."""
    start = 0
    for mark in _TURN_END.finditer(reply):
        turn = _OWN_ROLE.sub("", _LEFT_OVER.sub("", reply[start : mark.start()]))
        if _has_words(turn) and not is_named(reply, *mark.span()):
            return reply[: mark.start()]
        start = mark.end()
    return reply


def _outside_thoughts(text: str) -> list[str]:
    """The pieces before, between and behind thoughts."""
    start, thinking, opened = 0, False, False
    outside: list[str] = []
    for mark in _MARK.finditer(text):
        if is_named(text, *mark.span()):
            continue
        if mark["opening"]:
            if not thinking:
                outside.append(text[start : mark.start()])
            thinking = opened = True
            continue
        if not opened:
            # The template wrote the opening mark: all so far was the thought.
            outside.clear()
        # Behind a closing mark that closes nothing, what stood before it was within nested thoughts.
        start, thinking, opened = mark.end(), False, True
    return outside if thinking else [*outside, text[start:]]
