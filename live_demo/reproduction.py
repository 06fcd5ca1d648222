"""The Python that does a comparison again, on any machine with the library."""

from amarathon.datasets.bundled import BUNDLED, EXAMPLES
from live_demo.recording import RecordingRecord
from live_demo.results import ComparisonResults

_SCRIPT = """\
# The comparison {identifier} of AudioMarathon {version}, done again.
{imports}

model = amarathon.load_model({model})
if model.identity.revision != {revision}:
    raise SystemExit("These are other weights than the comparison's.")
{audio}
if audio.pcm_sha256 != {pcm_sha256}:
    raise SystemExit("This is another recording than the comparison's.")
messages = {messages}
configurations = {configurations}
for event in amarathon.sweep(model, audio, messages, configurations, max_new_tokens={longest}, seed={seed}):
    if isinstance(event, Outcome):
        print(event.configuration, event.kept_tokens, event.error or event.reply, sep="\\t")
"""

_IMPORTS = """\
import amarathon
from amarathon.audio import load_audio
from amarathon.generation.outcome import Outcome"""

_EXAMPLE = """\
samples = [*load_dataset({bundled}).samples, *load_dataset({examples}).samples]
audio = load_audio(next(sample.audio.path for sample in samples if sample.id == {example}))"""


def script_of(found: ComparisonResults) -> str:
    """Write the script.

    Whatever a visitor wrote is in it as a literal, never as code.
    """
    comparison, header = found.comparison, found.run.header
    recording, imports = comparison.recording, _IMPORTS
    audio = f"audio = load_audio({_file_name(recording)!a})"
    if recording.example:
        imports += "\nfrom amarathon.datasets import load_dataset"
        audio = _EXAMPLE.format(
            bundled=ascii(BUNDLED), examples=ascii(EXAMPLES), example=ascii(recording.example)
        )
    if recording.whole:
        imports = f"from dataclasses import replace\n\n{imports}\nfrom amarathon.audio.types import to_pcm16"
        imports = f"import hashlib\n{imports}"
        last = recording.first + recording.count
        audio += f"\nsamples = audio.samples[{recording.first}:{last}]"
        audio += (
            "\naudio = replace(audio, samples=samples, "
            "pcm_sha256=hashlib.sha256(to_pcm16(samples).tobytes()).hexdigest())"
        )
    return _SCRIPT.format(
        identifier=comparison.id,
        version=header.libraries.get("amarathon", ""),
        imports=imports,
        model=_model(found),
        revision=ascii(header.model.revision),
        audio=audio,
        pcm_sha256=ascii(recording.pcm_sha256),
        messages=ascii(comparison.messages),
        configurations=ascii(header.configurations),
        longest=comparison.ask.max_new_tokens,
        seed=header.seed,
    )


def _model(found: ComparisonResults) -> str:
    model = found.run.header.model
    name = found.comparison.ask.model or model.name
    if "/" not in name:  # bundled, or fetched at set-up: one revision
        return ascii(name)
    return f"{name!a}, revision={model.revision!a}, dtype={model.dtype!a}"


def _file_name(recording: RecordingRecord) -> str:
    # A stretch's name says behind a comma from where to where; its file has what stands before.
    return recording.name.rpartition(",")[0] if recording.whole else recording.name
