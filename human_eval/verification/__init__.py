"""Reviewing samples by hand: rounds, checklists, history."""
