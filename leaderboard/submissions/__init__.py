"""Runs that others bring: received, checked, scored anew, reviewed by an administrator, shown.

A submission is a packed run: replies, never scores. Nothing in it is believed that the server can know
better: questions and right answers are those of a dataset that is known here, and scores are derived anew.
"""
