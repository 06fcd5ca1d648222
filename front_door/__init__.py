"""The front door: all faces in one server."""
