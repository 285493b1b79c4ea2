"""How long a text is as an SMS: GSM 03.38 or UCS-2, counted in segments.

A text whose characters are all in GSM's alphabet takes 160 septets in one message or 153 in each of several; any other
text takes 70 or 67 UTF-16 units. A character of GSM's extension table takes two septets, one beyond the basic plane
two units; neither is split between two segments.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from functions.core.domain.delivering.text_cutting import Text, fitted

GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENSION = frozenset("\f^{}\\[~]|€")
_GSM = GSM_BASIC | GSM_EXTENSION
_BASIC_PLANE_END = 0xFFFF

MARK = " ...(cut)"
"""Stands where a text was cut. All of it is in GSM's basic table."""


class Encoding(StrEnum):
    """How an SMS is written on the air."""

    GSM_7 = "GSM-7"
    UCS_2 = "UCS-2"


@dataclass(frozen=True, slots=True)
class _Capacity:
    """How many units one message holds alone, and as one of several."""

    alone: int
    joined: int


_CAPACITY = {Encoding.GSM_7: _Capacity(160, 153), Encoding.UCS_2: _Capacity(70, 67)}


def encoding_of(text: str) -> Encoding:
    """The encoding that the network will use for this text."""
    return Encoding.GSM_7 if _GSM.issuperset(text) else Encoding.UCS_2


def segments_of(text: str) -> int:
    """How many segments this text takes; 1 for an empty one."""
    encoding = encoding_of(text)
    if encoding is Encoding.GSM_7:
        units = [2 if char in GSM_EXTENSION else 1 for char in text]
    else:
        units = [2 if ord(char) > _BASIC_PLANE_END else 1 for char in text]
    capacity = _CAPACITY[encoding]
    return 1 if sum(units) <= capacity.alone else _packed(units, capacity.joined)


def _packed(units: Iterable[int], capacity: int) -> int:
    segments, filled = 1, 0
    for size in units:
        if filled + size > capacity:
            segments, filled = segments + 1, 0
        filled += size
    return segments


def sms_text(text: str, *, segments: int, tail: str = "") -> Text:
    """The text with ``tail``, cut with a visible mark where it would take more than so many segments."""
    return fitted(text, lambda candidate: segments_of(candidate) <= segments, mark=MARK, tail=tail)
