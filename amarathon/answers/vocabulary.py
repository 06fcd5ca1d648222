"""Words that tell how an option is mentioned: English here, others in `amarathon.answers.languages`."""

from string import ascii_lowercase

from amarathon.answers.languages import words_of


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Letters that replies use as letters of options. Those beyond the options mean none of them.
LETTERS = tuple(ascii_lowercase[:8])

ARTICLES = _words("a an the")
# An option made of nothing but these is met in any sentence: only a reply of it alone means it.
COMMON = ARTICLES | _words("and are as at be by for he i in is it of on or she so that this to was we")

JOINING = _words("and or nor") | words_of("joining")
NOUNS = _words("option choice letter") | words_of("nouns")
ANSWERS = _words("answer") | words_of("answers")
COPULAS = _words("is be") | words_of("copulas")
# Articles before a letter ("la B"), and the words behind which Portuguese "a" is one ("é a B").
LETTER_ARTICLES = _words("la el le die der das il lo o a")
BEFORE_AN_ARTICLE = _words("é seria escolho seleciono acho")

# What stands between these words and the next mention is put forward as the answer.
PREDICATES = (
    _words(
        "answer answers ans is are was were be been it's that's choose chose choosing select selected "
        "selecting pick picked picking say guess think believe with boxed toward towards leaves leaving"
    )
    | words_of("answers")
    | words_of("copulas")
    | words_of("predicates")
    | words_of("final")
)
BETWEEN = (
    ARTICLES
    | NOUNS
    | _words(
        "actually best clearly correct definitely final indeed likely most obviously possibly probably right "
        "should simply surely would"
    )
    | words_of("between")
    | words_of("nouns")
)

# Beside these words a letter is a letter, if it also ends a clause or goes with the word behind it.
BEFORE_LETTER = (
    PREDICATES
    | _words(
        "both between but clearly definitely either for hence also only likely maybe must neither not "
        "perhaps possibly probably so than then therefore thus actually rather meant mean wait sorry hmm "
        "oops que che что أن ان"
    )
    | words_of("contrast")
    | words_of("denying")
    | words_of("false")
)
AFTER_A = (
    JOINING
    | _words(
        "appears are as because but cannot could did do does due fits for has have i if instead is isn't it "
        "looks matches seems should since sounds than the this was were would"
    )
    | words_of("joining")
    | words_of("copulas")
)
AFTER_LETTER = (
    AFTER_A
    | _words("best can final given may might must not over rather remains that while with")
    | words_of("following")
    | words_of("verbs")
    | words_of("true")
    | words_of("false")
    | words_of("contrast")
    | words_of("denying")
)

CLAUSE_MARKS = (",", ";", ":", ".", "!", "?", "\n", " - ", "/", "->", "=>", "\u2192", "\u279c")
DELIMITERS = (*CLAUSE_MARKS, *"()[]{}<>\"'=&+|")
GLUE = ("/", "&", "+")
# What stands in the clause of one of these is set against the rest of its sentence.
CONTRAST = words_of("contrast") | _words("although but however though whereas while")
NEW_CLAUSE = CONTRAST | _words("because hence leaves leaving since so therefore thus")
END_OF_STATEMENT = NEW_CLAUSE | _words("and as if over than that when which")

DENYING = _words(
    "against avoid cannot doubt eliminate eliminated eliminates eliminating except exclude excluded excludes "
    "excluding if impossible neither never no none nor not rule ruled ruling than unable uncertain unless "
    "unlike unlikely unsure whether without"
) | words_of("denying")
NO_DENIAL = {("no", "doubt"), ("not", "only"), ("not", "just"), ("if", "i")}
# What these put forward is said to be over: "my first guess was A".
SUPERSEDED: frozenset[tuple[str, ...]] = frozenset(
    {
        *(
            (time, what, "was")
            for time in ("initial", "first", "original", "earlier", "previous")
            for what in ("answer", "choice", "guess", "thought", "impression", "instinct", "pick", "response")
        ),
        *(("going", "to", verb) for verb in ("say", "choose", "pick", "answer", "select", "go")),
        *(("almost", verb) for verb in ("said", "chose", "picked", "answered", "selected")),
        ("tempted", "to"),
        ("have", "said"),
    }
)
# What is said of the option that no other is left beside.
REMAINING = {("remains",), ("is", "left"), ("is", "what", "remains"), ("is", "what", "is", "left")}
FALSE = _words("eliminated excluded false improbable incorrect less out wrong") | words_of("false")
TRUE = _words("answer best choice correct likeliest most option right") | words_of("true")
ENGLISH_VERBS = _words(
    "appears are can cannot could did do does has have is looks may might must remains seem seems should "
    "sounds was were will would"
)
TENTATIVE = _words("could might may")
VERBS = ENGLISH_VERBS | words_of("verbs")
# A verb of several: what is said of the last of a list is said of all.
PLURAL = _words("are were sind sont son são sono 都 都是 都不是")


def denies(word: str) -> bool:
    """Whether a word denies what follows it in its clause."""
    return word in DENYING or word.endswith("n't")
