"""Graphs of ONNX Runtime, and states inside them that the file does not give out."""

from pathlib import Path
from typing import Any

from amarathon.errors import ModelError

# Fields of ONNX's protocol buffers: a model's graph, a graph's outputs, an output's name.
_GRAPH, _OUTPUT, _NAME = 7, 12, 1


def open_graph(path: Path, *, also: str = "") -> Any:
    """Open a graph for one thread.

    Parameters
    ----------
    path : Path
    also : str
        A value inside the graph that is to be an output too.

    Raises
    ------
    ModelError
        ONNX Runtime is not installed.
    """
    try:
        import onnxruntime
    except ModuleNotFoundError:
        raise ModelError("This encoder needs ONNX Runtime: run pip install 'amarathon[probes]'.") from None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    # Weights may lie in a file of their own beside the graph.
    options.add_session_config_entry("session.model_external_initializers_file_folder_path", str(path.parent))
    content = path.read_bytes()
    if also:
        # Messages of protocol buffers that follow one another are one: the graph gains an output.
        content += _field(_GRAPH, _field(_OUTPUT, _field(_NAME, also.encode())))
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


def _field(number: int, content: bytes) -> bytes:
    """A length-delimited field of a protocol buffer; short ones, with small numbers."""
    if len(content) > 127 or number > 15:
        raise ValueError("Only short fields with one byte each of tag and length are written here.")
    return bytes([number << 3 | 2, len(content)]) + content
