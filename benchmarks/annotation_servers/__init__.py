"""Servers that people annotate on, driven over real HTTP as their own pages drive them."""
