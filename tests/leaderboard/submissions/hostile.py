"""The table of what strangers send: a name, how a good submission is spoilt, and a word of the refusal."""

import lzma
import pickle
import stat
import zipfile
from collections.abc import Callable
from typing import Any

from tests.leaderboard.submissions.packing import Pack, zipped

Spoil = Callable[[Pack], bytes]


def header(**changes: Any) -> Spoil:
    def spoil(pack: Pack) -> bytes:
        pack.header |= changes
        return pack.zip()

    return spoil


def model(**changes: Any) -> Spoil:
    def spoil(pack: Pack) -> bytes:
        pack.header["model"] |= changes
        return pack.zip()

    return spoil


def line(number: int = 3, **changes: Any) -> Spoil:
    def spoil(pack: Pack) -> bytes:
        pack.lines[number] |= changes
        return pack.zip()

    return spoil


def text(old: str, new: str) -> Spoil:
    """Change the records' own characters: what no JSON writer would write."""

    def spoil(pack: Pack) -> bytes:
        content = pack.records().replace(old.encode(), new.encode(), 1)
        assert content != pack.records()
        return zipped(pack.files() | {"predictions.jsonl.xz": lzma.compress(content)})

    return spoil


def files(change: Callable[[dict[str, bytes]], dict[str, bytes]]) -> Spoil:
    return lambda pack: zipped(change(pack.files()))


def extra(name: str, content: bytes = b"x") -> Spoil:
    return files(lambda good: good | {name: content})


def entries(change: Callable[[zipfile.ZipInfo], None], **options: Any) -> Spoil:
    return lambda pack: zipped(pack.files(), change, **options)


def link(entry: zipfile.ZipInfo) -> None:
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16


def records(content: Callable[[], bytes]) -> Spoil:
    """Other bytes in the place of the packed records."""
    return files(lambda good: good | {"predictions.jsonl.xz": content()})


def plain(content: Callable[[Pack], bytes]) -> Spoil:
    def spoil(pack: Pack) -> bytes:
        good = pack.files()
        return zipped(
            {"run.json": good["run.json"], "predictions.jsonl": content(pack)},
            compression=zipfile.ZIP_DEFLATED,
        )

    return spoil


def twice(pack: Pack) -> bytes:
    pack.lines.append(pack.lines[5])
    return pack.zip()


def unfinished(pack: Pack) -> bytes:
    return zipped(pack.files() | {"predictions.jsonl.xz": lzma.compress(pack.records()[:-5])})


def without(number: int) -> Spoil:
    def spoil(pack: Pack) -> bytes:
        del pack.lines[number]
        return pack.zip()

    return spoil


def two_of_a_name(pack: Pack) -> bytes:
    good = zipped(pack.files() | {"run.jsoN": b"{}"})
    return good.replace(b"run.jsoN", b"run.json")


def zero_in_name(pack: Pack) -> bytes:
    return zipped(pack.files() | {"summary.jsonX.pkl": b"{}"}).replace(
        b"summary.jsonX.pkl", b"summary.json\0.pkl"
    )


def repeated_record(pack: Pack) -> bytes:
    pack.lines[7] = pack.lines[6]
    return pack.zip()


def deep(pack: Pack) -> bytes:
    return zipped(pack.files() | {"run.json": b'{"model":' * 100_000 + b"1" + b"}" * 100_000})


LINE = 1 << 28


def long_line() -> bytes:
    """A line of 256 MiB without an end; no more than 16 of them are ever read."""
    packer = lzma.LZMACompressor(preset=0)
    chunk = b" " * (1 << 24)
    parts = [packer.compress(chunk) for _ in range(LINE >> 24)]
    return b"".join([*parts, packer.flush()])


def many_lines() -> bytes:
    packer = lzma.LZMACompressor(preset=0)
    chunk = b"{}\n" * (1 << 20)
    return b"".join([*(packer.compress(chunk) for _ in range(100)), packer.flush()])


def bomb_in_bomb() -> bytes:
    return lzma.compress(lzma.compress(b"0" * (1 << 26), preset=0), preset=0)


HOSTILE: dict[str, tuple[Spoil, str]] = {
    # no zip file, or not what a packed run is
    "empty": (lambda _: b"", "no zip file"),
    "text": (lambda _: b"hello", "no zip file"),
    "a pickle": (lambda _: pickle.dumps({"score": 100}), "no zip file"),
    "cut": (lambda pack: pack.zip()[:-40], "no zip file"),
    "cut in front": (lambda pack: pack.zip()[40:], "lacks its beginning"),
    "bytes changed": (lambda pack: pack.zip().replace(b"known", b"Known", 1), "damaged"),
    "behind its end": (lambda pack: pack.zip() + b"x" * 30, "behind its end"),
    "a pickle inside": (extra("model.pkl", pickle.dumps(1)), "model.pkl"),
    "pickled records": (records(lambda: pickle.dumps([1])), "damaged"),
    "many entries": (
        files(lambda good: good | {f"{number}.json": b"" for number in range(2000)}),
        "more than a packed run",
    ),
    "no header": (files(lambda good: {k: v for k, v in good.items() if k != "run.json"}), "needs run.json"),
    "no records": (files(lambda good: {"run.json": good["run.json"]}), "needs run.json"),
    "both records": (extra("predictions.jsonl", b""), "needs run.json"),
    "a zip inside": (files(lambda good: {"run.zip": zipped(good)}), "run.zip"),
    # paths
    "up": (extra("../evil.py"), "../evil.py"),
    "up in a folder": (files(lambda good: {f"../{k}": v for k, v in good.items()}), "../run.json"),
    "absolute": (files(lambda good: {f"/etc/{k}": v for k, v in good.items()}), "/etc/run.json"),
    "drive letter": (files(lambda good: {f"C:{k}": v for k, v in good.items()}), "C:run.json"),
    "backslash": (files(lambda good: {f"..\\{k}": v for k, v in good.items()}), "run.json"),
    "deep folders": (files(lambda good: {f"a/b/{k}": v for k, v in good.items()}), "a/b/run.json"),
    "two folders": (files(lambda good: {f"{k[0]}/{k}": v for k, v in good.items()}), "different folders"),
    "hidden folder": (files(lambda good: {f".ssh/{k}": v for k, v in good.items()}), ".ssh/run.json"),
    "other case": (extra("RUN.JSON"), "RUN.JSON"),
    "same name twice": (two_of_a_name, "no file of a packed run"),
    "zero in a name": (zero_in_name, "summary.json\\x00.pkl"),
    "newline in a name": (extra("a\nb"), "a\\nb"),
    "link": (entries(link), "a link"),
    "encrypted": (
        lambda pack: _flagged(pack.zip()),
        "encrypted",
    ),
    "bzip2": (entries(lambda _: None, compression=zipfile.ZIP_BZIP2), "not read"),
    # size
    "bomb of one line": (records(long_line), "longer than"),
    "bomb of lines": (records(many_lines), "cannot be read"),
    "bomb in a bomb": (records(bomb_in_bomb), "ends in the middle"),
    "bomb by zip": (plain(lambda _: b" " * (1 << 28)), "longer than"),
    "long line": (plain(lambda pack: pack.records() + b'"' + _noise(17 << 20)), "longer than"),
    "large header": (header(commit="a" * (2 << 20)), "too large"),
    "behind the records": (records(lambda: lzma.compress(b"") + b"x"), "behind its end"),
    "damaged records": (records(lambda: lzma.compress(b"{}" * 1000)[:40]), "damaged"),
    # JSON
    "deep": (deep, "cannot be read"),
    "header is a list": (files(lambda good: good | {"run.json": b"[]"}), "cannot be read"),
    "no UTF-8": (files(lambda good: good | {"run.json": b"\xff\xfe"}), "cannot be read"),
    "half a line": (unfinished, "ends in the middle"),
    "a line is no record": (plain(lambda _: b"[]\n"), "cannot be read"),
    "a field too many": (line(score=100.0), "cannot be read"),
    "NaN": (text('"duration_s": 120.0', '"duration_s": NaN'), "NaN"),
    "Infinity": (text('"peak_bytes": null', '"peak_bytes": Infinity'), "cannot be read"),
    "infinite time": (text('"encoder_s": null', '"encoder_s": 1e999'), "NaN"),
    "negative tokens": (line(audio_tokens=-1), "negative"),
    "huge tokens": (line(kept_tokens=10**30), "too large"),
    "huge seed": (header(seed=10**18), "too large"),
    "huge number of parameters": (model(parameters=10**300), "too large"),
    "no parameters": (model(parameters=-1), "fewer"),
    "half a character": (text('"reply": "', '"reply": "\\ud800'), "cannot be read"),
    "zero in a reply": (line(reply="A\0"), "zeros"),
    "endless reply": (line(reply="A" * 200_000), "longer than"),
    # names
    "HTML in the model's name": (model(name="<b>best</b>"), "< or >"),
    "HTML in the notice": (model(notice="<img src=x>"), "< or >"),
    "control character": (model(name="best\x07"), "control"),
    "turned text": (model(name="best\u202e"), "control"),
    "no name": (model(name=" "), "empty"),
    "endless name": (model(name="a" * 5000), "longer than"),
    "HTML in the run's id": (header(run_id="<script>"), "< or >"),
    "HTML in the hardware": (header(hardware={"cpu": "<b>"}), "< or >"),
    "much hardware": (header(hardware={str(number): "" for number in range(100)}), "more than 50"),
    "no time": (header(created_at="yesterday"), "a time that is none"),
    "no time of a record": (line(at="9" * 10_000), "a time that is none"),
    # what it claims
    "other dataset": (
        lambda pack: header(dataset=pack.header["dataset"] | {"sha256": "ef" * 32})(pack),
        "not known here; known are",
    ),
    "people": (header(kind="human"), "Only runs of models"),
    "speed": (header(kind="efficiency"), "Only runs of models"),
    "older records": (header(schema_version=0), "another version"),
    "other protocol": (header(protocol_version="9"), "another version"),
    "configuration twice": (header(configurations=["vanilla", "vanilla"]), "mean the same"),
    "configuration in two spellings": (header(configurations=["frame@0.6", "frame@0.60"]), "mean the same"),
    "configuration not canonical": (header(configurations=["vanilla", "frame@0.60"]), "canonical"),
    "no configuration": (header(configurations=[]), "at least one"),
    "unknown method": (header(configurations=["vanilla", "magic@0.5"]), "magic"),
    "too many configurations": (header(configurations=[f"frame@0.{n}1" for n in range(100)]), "more than 64"),
    # its answers
    "an answer twice": (twice, "a second time"),
    "one for another": (repeated_record, "a second time"),
    "an answer missing": (without(4), "71 of 72 answers are there; SER-4 (SER) under vanilla is missing"),
    "unknown sample": (line(sample_id="SER-99"), "does not have"),
    "unknown task": (line(task="XX"), "does not have"),
    "sample of another task": (line(task="MC"), "does not have"),
    "unlisted configuration": (line(configuration="dart@0.5"), "does not list"),
    "failed": (line(error="no memory"), "retry-failed"),
    "right answer changed": (line(answer=0), "not the dataset's"),
    "options changed": (line(options=["a", "b", "c", "d"]), "not the dataset's"),
    "order that hides an option": (line(order=[3, 3, 3, 3]), "does not fit"),
    "person instead of a seed": (line(repeat="anna"), "no seed"),
}


def _noise(size: int) -> bytes:
    """Bytes without a newline that zip does not shrink by much."""
    return (b"0123456789abcdef" + bytes(range(32, 127))) * (size // 111)


def _flagged(content: bytes) -> bytes:
    """Set the flag of encryption in every entry of the directory."""
    parts = content.split(b"PK\x01\x02")
    return b"PK\x01\x02".join([parts[0], *(part[:4] + b"\x01" + part[5:] for part in parts[1:])])
