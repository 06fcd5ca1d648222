"""A reply becomes an option, or nothing.

One reader for every multiple-choice task. A reply's own structure comes first: thoughts and channels
are left out, the answer is looked for in its element, box or field (`structure`, which transcripts
share). Then come the words, in English and in the languages of `languages`: all that names an option,
by the option's text, in whole words and the longest that fits, or its letter where the letter stands
as an answer rather than as the article "a" or a part of something else. What is denied ("not A")
or asked ("is it A?") does not count, nor what is withdrawn ("A. Wait, B"), echoed from the question or
outranked ("B > A"). If all that is left agrees on one option, that is the answer.
A reply that names two, or whose letter and text disagree, is not read: no answer is better than
a guessed one.

>>> read_answer("It is a fake", ["Real", "Fake"])
1
"""

from amarathon.answers.reading import read_answer

__all__ = ["read_answer"]
