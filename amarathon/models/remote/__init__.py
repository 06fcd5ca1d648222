"""Models behind services: asked over HTTP with the same prompts and sound as weights on this machine.

`address` says what a name means and asks nobody; `connecting` makes a `RemoteModel` of it. No client of a
service is imported before that.
"""

from amarathon.models.remote.address import Address, find_remote, is_remote
from amarathon.models.remote.options import ServiceOptions

__all__ = ["Address", "ServiceOptions", "find_remote", "is_remote"]
