"""Human evaluation's JSON API, under ``/v1/human``; what it asks for and answers stands in ``/openapi.json``.

`requests` has what holds for every route: who asks, the CSRF token, limits, refusals as sentences.
"""
