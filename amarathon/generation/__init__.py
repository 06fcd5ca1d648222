"""One prompt under many configurations: embedding, prefill, decoding, the sweep and its outcomes."""
