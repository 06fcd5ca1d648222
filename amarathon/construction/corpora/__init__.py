"""The published corpora: each read in its official layout, each one line here."""

from collections.abc import Mapping

from amarathon.construction.corpora import (
    desed,
    gtzan,
    had,
    librispeech,
    race,
    slue,
    tau,
    vesus,
    voxceleb,
)
from amarathon.construction.corpora.corpus import Corpus

CORPORA: Mapping[str, Corpus] = {
    corpus.name: corpus
    for corpus in (
        librispeech.CORPUS,
        race.CORPUS,
        slue.CORPUS,
        desed.CORPUS,
        gtzan.CORPUS,
        tau.CORPUS,
        had.CORPUS,
        vesus.CORPUS,
        voxceleb.GENDER,
        voxceleb.AGE,
    )
}
