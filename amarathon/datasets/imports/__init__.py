"""Any benchmark: a published table becomes a dataset that `amarathon evaluate` takes as it is.

A mapping file says which column holds what; see `amarathon.datasets.imports.mapping`.
"""

from amarathon.datasets.imports.importing import Imported, import_benchmark
from amarathon.datasets.imports.mapping import Benchmark, benchmarks, find_benchmark, read_mapping

__all__ = ["Benchmark", "Imported", "benchmarks", "find_benchmark", "import_benchmark", "read_mapping"]
