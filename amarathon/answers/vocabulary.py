"""English words that tell how an option is mentioned in a reply."""

from string import ascii_lowercase


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Letters that replies use as letters of options. Those beyond the options mean none of them.
LETTERS = tuple(ascii_lowercase[:8])

ARTICLES = _words("a an the")
# An option made of nothing but these is met in any sentence: only a reply of it alone means it.
COMMON = ARTICLES | _words("and are as at be by for he i in is it of on or she so that this to was we")

JOINING = _words("and or nor")
NOUNS = _words("option choice letter")

# What stands between these words and the next mention is put forward as the answer.
PREDICATES = _words(
    "answer answers ans is are was were be been it's that's choose chose choosing select selected selecting "
    "pick picked picking say guess think believe with boxed"
)
BETWEEN = (
    ARTICLES
    | NOUNS
    | _words(
        "actually best clearly correct definitely final indeed likely most obviously possibly probably right "
        "should simply surely would"
    )
)

# Beside these words a letter is a letter, if it also ends a clause or goes with the word behind it.
BEFORE_LETTER = PREDICATES | _words(
    "both between but clearly definitely either for hence likely maybe must neither not perhaps possibly "
    "probably so than then therefore thus"
)
AFTER_A = JOINING | _words(
    "appears are as because but cannot could did do does due fits for has have i if instead is isn't it "
    "looks matches seems should since sounds than the this was were would"
)
AFTER_LETTER = AFTER_A | _words("best can final given may might must not over rather remains that while")

CLAUSE_MARKS = (",", ";", ":", ".", "!", "?", "\n", " - ", "/")
DELIMITERS = (*CLAUSE_MARKS, *"()[]{}<>\"'=&+|")
GLUE = ("/", "&", "+")
NEW_CLAUSE = _words("although because but hence however since so therefore though thus whereas while")
END_OF_STATEMENT = NEW_CLAUSE | _words("and as if that when which")

DENYING = _words(
    "against avoid cannot doubt eliminate eliminated eliminates eliminating except exclude excluded excludes "
    "excluding if impossible neither never no none nor not rule ruled ruling than unable uncertain unless "
    "unlike unlikely unsure whether without"
)
NO_DENIAL = {("no", "doubt"), ("not", "only"), ("not", "just"), ("if", "i")}
FALSE = _words("eliminated excluded false improbable incorrect out wrong")
TRUE = _words("answer best choice correct option right")
VERBS = _words(
    "appears are can cannot could did do does has have is looks may might must seem seems should sounds was "
    "were will would"
)


def denies(word: str) -> bool:
    """Whether a word denies what follows it in its clause."""
    return word in DENYING or word.endswith("n't")
