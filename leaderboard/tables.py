"""The paper's printed tables, read from ``published/``."""

import csv
import hashlib
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

FOLDER = Path(__file__).parent / "published"
FOOTNOTES_FILE = "footnotes.yaml"
AVERAGE = "avg_printed"
# Where a table prints no average, the notes speak of the mean that is taken here.
MEAN = "mean"

Value = float | str | None


class Declared(BaseModel):
    """Base of what the footnotes file declares: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Paper(Declared):
    """The source of every published figure."""

    title: str
    authors: list[str]
    arxiv: str
    year: int
    data: str
    code: str

    @property
    def url(self) -> str:
        """Where it can be read."""
        return f"https://arxiv.org/abs/{self.arxiv}"

    @property
    def bibtex(self) -> str:
        """Its BibTeX entry."""
        fields = {
            "title": "{" + self.title + "}",
            "author": " and ".join(self.authors),
            "year": str(self.year),
            "eprint": self.arxiv,
            "archivePrefix": "arXiv",
            "url": self.url,
        }
        lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
        return f"@misc{{audiomarathon{self.year},\n{lines}\n}}\n"


class Note(Declared):
    """What is known about a figure.

    Attributes
    ----------
    kind : {"fault", "remark"}
        A fault contradicts another printed figure or has no explanation.
    where : dict
        Key columns and values of the rows it speaks of; empty for every row.
    columns : list of str
        Columns it speaks of; empty for the table as a whole.
    """

    id: str
    table: int
    kind: Literal["fault", "remark"]
    where: dict[str, str]
    columns: list[str]
    text: str

    def marks(self, keys: dict[str, Value], column: str) -> bool:
        """Whether it speaks of this cell."""
        return column in self.columns and all(keys.get(name) == value for name, value in self.where.items())


class Declaration(Declared):
    """One table of the footnotes file; `model` is set where all rows are of one model.

    `methods` and `tasks` say what a printed name stands for where it is none of this project's.
    """

    file: str
    title: str
    caption: str
    keys: list[str]
    model: str | None = None
    methods: dict[str, str] = {}
    tasks: dict[str, str] = {}


class ReferenceDataset(Declared):
    """The dataset that the published scores are of."""

    name: str
    sha256: list[str]


class Footnotes(Declared):
    """The footnotes file."""

    paper: Paper
    dataset: ReferenceDataset
    tables: dict[int, Declaration]
    notes: Annotated[list[Note], Field(min_length=1)]

    @model_validator(mode="after")
    def _notes_fit(self) -> "Footnotes":
        strange = [note.id for note in self.notes if note.table not in self.tables]
        if strange:
            raise ValueError(f"{strange[0]} speaks of a table that is not declared")
        return self


class Chance(BaseModel):
    """What a random choice scores on a task, by the paper's Table 6, with the notes that speak of it."""

    value: float
    notes: list[str] = []


class Fact(BaseModel):
    """Something known of a model, and the page that says so.

    Attributes
    ----------
    stated_by : str
        Whose page it is: the model's maker's, AudioMarathon's paper, or somebody else's.
    """

    value: str
    stated_by: Literal["maker", "paper", "others"]
    source: str


class PublishedTable(BaseModel):
    """A table as printed.

    Attributes
    ----------
    number : int
        In the paper.
    columns : list of str
    keys : list of str
        The columns that say what a row is; the others are figures.
    rows : list of dict
        Column to text or number; `None` for an empty cell.
    sha256 : str
        Of the CSV file.
    """

    number: int
    title: str
    caption: str
    source: str
    url: str
    columns: list[str]
    keys: list[str]
    rows: list[dict[str, Value]]
    notes: list[Note]
    sha256: str


@cache
def footnotes() -> Footnotes:
    """Sources, faults and remarks; read once."""
    text = (FOLDER / FOOTNOTES_FILE).read_text(encoding="utf-8")
    return Footnotes.model_validate(yaml.safe_load(text))


@cache
def published_tables() -> dict[int, PublishedTable]:
    """Every published table by its number; read once."""
    return {number: _read_table(number, declared) for number, declared in footnotes().tables.items()}


def _read_table(number: int, declared: Declaration) -> PublishedTable:
    content = (FOLDER / declared.file).read_bytes()
    reader = csv.DictReader(content.decode("utf-8").splitlines())
    columns = list(reader.fieldnames or [])
    rows = [{name: _read_cell(name, text, declared) for name, text in row.items()} for row in reader]
    paper = footnotes().paper
    return PublishedTable(
        number=number,
        title=declared.title,
        caption=declared.caption,
        source=f"Table {number}, arXiv {paper.arxiv}",
        url=paper.url,
        columns=columns,
        keys=declared.keys,
        rows=rows,
        notes=[note for note in footnotes().notes if note.table == number],
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _read_cell(column: str, text: str, declared: Declaration) -> Value:
    if not text:
        return None
    return text if column in declared.keys and column != "ratio" else float(text)
