"""What routes answer: one model for each, with an example that stands in ``/openapi.json``.

Fields are described where a name is not enough; times are UTC seconds since 1970, lengths of time seconds.
"""
