"""Reads the demo's word lists, which are written as running text to stay readable."""

from __future__ import annotations


def words(text: str) -> tuple[str, ...]:
    """The blank-separated words of a text; an underscore stands for a blank inside a word."""
    return tuple(word.replace("_", " ") for word in text.split())
