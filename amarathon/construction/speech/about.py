"""What the card of the speech set says."""

NAME = "Long-form English speech"
SUMMARY = (
    "Real recordings of English speech, 90 to 300 s each, with the exact words: telephone prompts, sentences "
    "of a novel, and the lines of an adventure game read by its actors. Each was put together from short "
    "recordings of what belongs together, with silence between them."
)
ABOUT = (
    "All of it is recorded speech, nothing is synthesised. A recording has one speaker, but for "
    "`speech-readings`, which has two; the slice `speaker` names them, for the game as its credits do. The "
    "words are those that the packages print beside the recordings or that the actors had before them; a "
    "line is used only if it has no sound, sign, number or abbreviation in it whose reading is open. Whisper "
    "tiny.en was held against them, and a line was left out where it clearly heard other words that make "
    "sense. The game's speech is acted, and was kept as 11 kHz MP3 of 16 kbit/s; prompts and readings are "
    "16 kHz. No speaker is in two splits. The prompts and readings, on which the methods were first tried, "
    "are in the validation set: choose variants there. Files with the game's licence are for work on one's "
    "own machine: passing them on asks for its read-me beside them, so `datasets push` refuses them."
)
