"""Every message in every language, every page in German: nothing is left in English, nothing is lost on the way."""

import re
from collections import Counter
from typing import Any

import pytest
from django.conf import settings
from django.utils.translation import override

from dev import translations
from notifications.kinds import Kind
from notifications.rendering import labels
from notifications.wording import Wording
from tests.notifications.messages.conftest import ALL, LANGUAGES, LETTERS, letter, words

FOREIGN = [language for language in LANGUAGES if language != "en"]
PLURALS = {"days", "hours", "minutes", "failures", "left", "more"}


def test_there_is_a_file_for_each_language() -> None:
    assert {*translations.LANGUAGES, "en"} == {code for code, _ in settings.LANGUAGES}


@pytest.mark.parametrize("language", FOREIGN)
def test_the_file_is_up_to_date_with_the_code(language: str) -> None:
    assert translations.file_of(language).read_text() == translations.updated(language), "make translations"


def test_the_pages_are_in_the_files_of_their_languages_alone() -> None:
    for page in ("Skip to content", "Your account has no phone number."):  # the room of messages words the second
        with_pages = [language for language in FOREIGN if page in {each.id for each in translations.read(language)}]
        assert with_pages == [*translations.PAGE_LANGUAGES]


@pytest.mark.parametrize("language", FOREIGN)
def test_nothing_is_untranslated_or_guessed(language: str) -> None:
    catalog = translations.read(language)
    assert len(catalog) > 200
    assert translations.untranslated(catalog) == []


@pytest.mark.parametrize("language", FOREIGN)
def test_a_translation_has_the_placeholders_and_the_markup_of_its_text(language: str) -> None:
    faults = [
        message.id
        for message in translations.read(language)
        if message.id and len({_placeholders(text) for text in (*_forms(message.id), *_forms(message.string))}) > 1
    ]
    assert faults == []


@pytest.mark.parametrize("language", FOREIGN)
def test_a_translation_ends_as_its_text_does(language: str) -> None:
    def end(text: str) -> str:
        return text[-1] if text[-1] in ".?:" else ""

    faults = [
        message.id
        for message in translations.read(language)
        if message.id and {end(text) for text in _forms(message.id)} != {end(text) for text in _forms(message.string)}
    ]
    assert faults == []


@pytest.mark.parametrize("language", FOREIGN)
@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.name)
def test_no_english_is_left_in_a_message(kind: Kind, language: str) -> None:
    for facts in _variants(kind):
        english, other = _sentences(words(kind, "en", **facts)), _sentences(words(kind, language, **facts))
        assert len(english) == len(other)
        assert [a for a, b in zip(english, other, strict=True) if a == b and a] == []


@pytest.mark.parametrize("language", FOREIGN)
def test_no_english_is_left_around_a_message(language: str) -> None:
    with override("en"):
        english = labels()
    with override(language):
        same = {name for name, text in labels().items() if text == english[name]}
    assert same == {"product", "origin"}


@pytest.mark.parametrize("kind", LETTERS, ids=lambda kind: kind.name)
def test_a_letter_says_its_language(kind: Kind) -> None:
    for language in LANGUAGES:
        assert f'<html lang="{language}" dir="ltr">' in letter(kind, language).html


def test_times_are_told_as_the_language_does() -> None:
    (kind,) = (kind for kind in ALL if kind.name == "password-changed")
    assert "24. November 2026, 08:30 UTC" in letter(kind, "de").text
    assert "24 de noviembre de 2026, 08:30 UTC" in letter(kind, "es").text
    assert "24 novembre 2026, 08:30 UTC" in letter(kind, "fr").text


def _forms(text: Any) -> tuple[str, ...]:
    return text if isinstance(text, tuple) else (text,)


def _placeholders(text: str) -> frozenset[tuple[str, int]]:
    return frozenset(Counter(re.findall(r'%\(\w+\)s|%%|</?\w+|<!|(?:class|href)="[^"]*"', text)).items())


def _sentences(words: Wording) -> list[str]:
    actions = [action.label for action in (words.action, words.aside) if action]
    return [words.subject, words.heading, *words.paragraphs, words.footnote, *actions, words.short]


def _variants(kind: Kind) -> list[dict[str, Any]]:
    """Return the sample's facts, and those with which other sentences are said."""
    flags = [{fact: not value} for fact, value in kind.sample.items() if isinstance(value, bool)]
    absent = [{fact: None} for fact in ("due", "again") if fact in kind.sample]
    ended = [{"until": None}] if kind.name == "key-rotated" else []
    used_up = [{"percent": 100}] if "percent" in kind.sample else []
    counts = [{fact: 1} for fact in kind.sample if fact in PLURALS]
    return [{}, *flags, *absent, *ended, *used_up, *counts]
