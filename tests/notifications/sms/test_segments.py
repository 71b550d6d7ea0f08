"""Segments are counted as carriers count them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.sms.segments import encoding, fits_one, segments

SEVEN_BIT = st.text("abcXYZ 0189@£$¥èéÅΔΩ\n?!", min_size=1)
EITHER = st.text("aZ0€[]{}~|^\\жλ漢🦙", min_size=1)


def units(text: str) -> int:
    """The length by another way: septets by the escape character, UTF-16 code units by encoding."""
    if encoding(text) == "GSM-7":
        return len("".join(f"\x1b{sign}" if sign in "\f^{}\\[~]|€" else sign for sign in text))
    return len(text.encode("utf-16-le")) // 2


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ж" * 70, 1),
        ("ж" * 71, 2),
        ("🦙" * 35, 1),
        ("🦙" * 36, 2),
    ],
)
def test_the_known_borders_hold(text: str, count: int) -> None:
    assert segments(text) == count
    assert fits_one(text) is (count == 1)


def test_a_sign_of_two_units_is_not_cut() -> None:
    assert segments("€" * 153) == 3  # 76 signs fill 152 of 153 septets
    assert segments("🦙" * 67) == 3


@given(SEVEN_BIT)
def test_one_foreign_character_makes_all_of_it_ucs_2(text: str) -> None:
    assert encoding(text) == "GSM-7"
    assert encoding(text + "ж") == "UCS-2"
    assert segments(text + "ж") >= segments(text)


@given(EITHER)
def test_a_text_fits_one_segment_just_up_to_its_limit(text: str) -> None:
    assert fits_one(text) == (units(text) <= (160 if encoding(text) == "GSM-7" else 70))


@given(st.integers(1, 40).flatmap(lambda n: EITHER.map(lambda text: text * n)))
def test_longer_texts_take_no_fewer_parts_than_their_units_and_lose_at_most_one_unit_in_each(text: str) -> None:
    room = 153 if encoding(text) == "GSM-7" else 67
    if not fits_one(text):
        assert math.ceil(units(text) / room) <= segments(text) <= math.ceil(units(text) / (room - 1))
