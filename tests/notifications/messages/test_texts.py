"""Text messages: one segment in every language, and no name in any of them."""

import pytest

from notifications.kinds import Kind
from notifications.sms.segments import encoding, fits_one, segments
from tests.notifications.messages.conftest import LANGUAGES, TEXTS, named, words

LONGEST = "Ж" * 80  # the longest name, in letters that cost the most


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", TEXTS, ids=lambda kind: kind.name)
def test_a_text_fits_one_segment_whatever_its_facts(kind: Kind, language: str) -> None:
    flags = [{fact: not value} for fact, value in kind.sample.items() if isinstance(value, bool)]
    counts = [{fact: count} for fact in kind.sample if fact in {"minutes", "percent", "left"} for count in (1, 999)]
    for facts in ({}, named(kind, LONGEST), *flags, *counts):
        short = words(kind, language, **facts).short
        assert fits_one(short), f"{segments(short)} segments: {short}"
        assert encoding(short) == "GSM-7", f"{[sign for sign in short if encoding(sign) != 'GSM-7']} in {short}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", TEXTS, ids=lambda kind: kind.name)
def test_a_text_carries_no_name(kind: Kind, language: str) -> None:
    if kind.name != "verify-phone":
        assert words(kind, language).short == words(kind, language, **named(kind, LONGEST)).short


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_code_is_bound_to_the_consoles_host_for_browsers_that_fill_it_in(language: str) -> None:
    (kind,) = (kind for kind in TEXTS if kind.name == "verify-phone")
    assert words(kind, language).short.endswith("\n\n@console.example.com #482913")
    assert words(kind, language).short.startswith("482913 ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_host_that_is_too_long_for_the_segment_is_left_out(language: str) -> None:
    (kind,) = (kind for kind in TEXTS if kind.name == "verify-phone")
    short = words(kind, language, host="c" * 80 + ".example").short
    assert fits_one(short)
    assert "@" not in short
