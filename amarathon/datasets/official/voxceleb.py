"""VoxCeleb, as SGR and SAR share it: the same audio, and a speaker's samples are not independent."""

from amarathon.datasets.official.layout import Record

FOLDER = "VoxCeleb/concatenated_audio"
AUDIO_ROOTS = ("", "wav")


def speaker_sources(record: Record) -> tuple[str, ...]:
    """The speaker, worded alike for both tasks."""
    speaker = record.text("speaker_id_original")
    return (f"VoxCeleb/{speaker}",) if speaker else ()
