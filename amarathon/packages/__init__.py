"""Packages of Debian and of the Python index whose files are used: declared by hash, fetched once."""
