"""Scores: how good the captions are."""
