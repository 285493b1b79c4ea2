"""Cutting a text where a reader would, and saying so."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

_JOINER = "\u200d"
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)


@dataclass(frozen=True, slots=True)
class Text:
    """A text that fits. ``cut``: it was longer, and the text itself says so."""

    text: str
    cut: bool = False


def fitted(text: str, fits: Callable[[str], bool], *, mark: str, tail: str = "") -> Text:
    """The text with ``tail`` behind it if that fits; else as much of it as fits with ``mark`` and ``tail`` behind it.

    ``fits`` must never turn true again for a longer text. What a reader sees as one character stays whole.
    """
    if fits(text + tail):
        return Text(text + tail)
    ends = character_ends(text)
    kept, too_many = 0, len(ends)
    while too_many - kept > 1:
        middle = (kept + too_many) // 2
        if fits(text[: ends[middle - 1]].rstrip() + mark + tail):
            kept = middle
        else:
            too_many = middle
    start = text[: ends[kept - 1]] if kept else ""
    return Text(start.rstrip() + mark + tail, cut=True)


def character_ends(text: str) -> list[int]:
    """Where each character ends as a reader sees it: accents, joined emoji and flags are one character."""
    ends: list[int] = []
    flag_letters = 0
    for position, char in enumerate(text):
        in_flag = ord(char) in _FLAG_LETTERS
        second_flag_letter = in_flag and flag_letters % 2 == 1
        if ends and (second_flag_letter or _continues(char, text[position - 1])):
            ends[-1] = position + 1
        else:
            ends.append(position + 1)
        flag_letters = flag_letters + 1 if in_flag else 0
    return ends


def _continues(char: str, before: str) -> bool:
    """Whether ``char`` belongs to the character that ``before`` is part of."""
    if before == _JOINER:
        return True
    if char.isascii():
        return char == "\n" and before == "\r"
    joins = char == _JOINER or ord(char) in _SKIN_TONES
    return joins or unicodedata.category(char) in {"Mn", "Me", "Mc"}
