"""SMS texts: their encoding, their segments, and where they are cut."""

import pytest

from functions.core.domain.delivering.sms_text import GSM_BASIC, MARK, Encoding, encoding_of, segments_of, sms_text
from functions.core.domain.delivering.text_cutting import character_ends

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
CANADA = "\U0001f1e8\U0001f1e6"


def test_the_alphabet_has_its_127_characters_and_no_more() -> None:
    assert len(GSM_BASIC) == 127  # the 128th is the escape to the extension table


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Call 4471", Encoding.GSM_7),
        ("Déjà à l'étage: où?", Encoding.GSM_7),
        ("[4471] ~ {x} € | \\", Encoding.GSM_7),
        ("Vous êtes demandé", Encoding.UCS_2),
        ("Garçon", Encoding.UCS_2),
        ("4471 \U0001f6a8", Encoding.UCS_2),
    ],
)
def test_the_encoding_is_the_one_the_network_uses(text: str, encoding: Encoding) -> None:
    assert encoding_of(text) is encoding


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 152, 3),  # the pair does not fit into the first segment's last septet
        ("ê" * 70, 1),
        ("ê" * 71, 2),
        ("ê" * 134, 2),
        ("ê" * 135, 3),
        ("\U0001f6a8" * 35, 1),
        ("ê" * 66 + "\U0001f6a8" + "ê" * 66, 3),  # likewise for a pair of surrogates
    ],
)
def test_segments_are_counted_as_the_network_counts_them(text: str, segments: int) -> None:
    assert segments_of(text) == segments


def test_a_text_that_fits_is_left_alone() -> None:
    assert sms_text("a" * 160, segments=1) == sms_text("a" * 150, segments=1, tail="a" * 10)
    assert not sms_text("a" * 160, segments=1).cut


def test_a_text_that_is_too_long_says_that_it_was_cut_and_keeps_its_tail() -> None:
    found = sms_text("a" * 161, segments=1, tail="\nRef 1a2b3c4d")
    assert found.cut
    assert found.text.endswith(f"a{MARK}\nRef 1a2b3c4d")
    assert len(found.text) == 160


@pytest.mark.parametrize("character", [FAMILY, CANADA, "e\u0301", "\U0001f44d\U0001f3fd", "\u2764\ufe0f"])
def test_what_a_reader_sees_as_one_character_is_never_halved(character: str) -> None:
    for lead in range(8):
        found = sms_text("x" * lead + character * 80, segments=1)
        assert found.cut
        kept = found.text.removesuffix(MARK)[lead:]
        assert kept == character * (len(kept) // len(character))


def test_flags_are_counted_in_pairs() -> None:
    assert character_ends(CANADA * 3) == [2, 4, 6]
    assert character_ends(f"a{CANADA}b") == [1, 3, 4]
