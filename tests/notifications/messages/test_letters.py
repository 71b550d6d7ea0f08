"""Letters: subject, plain text and HTML of every kind."""

import re

import pytest
from django.utils.html import escape
from django.utils.translation import override

from notifications.kinds import Kind
from notifications.models import Channel, Choice
from notifications.preferences import options
from notifications.rendering import labels
from notifications.unsubscribing import is_optional
from tests.notifications.messages.conftest import LANGUAGES, LETTERS, letter, named, words
from tests.notifications.messages.markup import contrast, parse, shown

HOSTILE = 'Evil"><b onmouseover=alert(1)>&Co</b>\r\nBcc: otto@example.com\x00\x1b[31m\u202e\u2028end'
HOSTILE_LINE = 'Evil"><b onmouseover=alert(1)>&Co</b> Bcc: otto@example.com [31m end'
each_letter = pytest.mark.parametrize("kind", LETTERS, ids=lambda kind: kind.name)
in_each_language = pytest.mark.parametrize("language", LANGUAGES)


@each_letter
@in_each_language
def test_a_subject_is_one_line_that_fits_whatever_people_name_things(kind: Kind, language: str) -> None:
    for name in (HOSTILE, "Ж" * 80, "\r\n", ""):
        subject = letter(kind, language, **named(kind, name)).subject
        assert 0 < len(subject) <= 150
        assert all(sign.isprintable() or sign == "\u00a0" for sign in subject)


@each_letter
def test_names_are_inert_in_html_and_one_line_in_text(kind: Kind) -> None:
    mail = letter(kind, **named(kind, HOSTILE))
    assert "<b onmouseover" not in mail.html
    parse(mail.html)
    if named(kind, HOSTILE):
        assert escape(HOSTILE_LINE) in mail.html
        assert not re.search(r"^Bcc:", mail.text, re.MULTILINE)
    assert all(sign.isprintable() or sign in "\n\u00a0" for sign in mail.text)


@each_letter
@in_each_language
def test_the_text_says_everything_that_the_html_says(kind: Kind, language: str) -> None:
    mail = letter(kind, language)
    text, root = _even(mail.text), parse(mail.html)
    # The mark is a letter in a square; the line above a link is for who can't click it.
    left_out = {"L", "Llama console", _even(words_above_the_link(language))}
    assert [
        node.text for node in shown(root) if _even(node.text) not in text and _even(node.text) not in left_out
    ] == []
    assert [node.attributes["href"] for node in root.find("a") if node.attributes["href"] not in mail.text] == []


@each_letter
def test_the_html_says_everything_that_the_message_says(kind: Kind) -> None:
    said, mail = words(kind), letter(kind)
    seen = " ".join(_even(node.text) for node in shown(parse(mail.html)))
    facts = [part for fact in said.facts for part in fact]
    parts = [said.heading or said.subject, *said.paragraphs, *facts, said.code, said.footnote]
    assert [part for part in parts if _even(part) not in seen] == []
    for action in (said.action, said.aside):
        assert not action or (action.label in seen and f'href="{escape(action.url)}"' in mail.html)


@each_letter
@in_each_language
def test_the_html_is_sound_and_asks_nothing_of_any_server(kind: Kind, language: str) -> None:
    mail = letter(kind, language)
    root = parse(mail.html)
    assert mail.html.startswith("<!doctype html>")
    (page,), (heading,) = root.find("html"), root.find("h1")
    assert (page.attributes["lang"], page.attributes["dir"]) == (language, "ltr")
    assert heading.children[0].text == root.find("title")[0].children[0].text
    assert {node.tag for node in root.walk()}.isdisjoint({"img", "link", "script", "iframe", "object", "video", "form"})
    loads = {"src", "srcset", "background", "poster", "data"}
    assert not any(loads & set(node.attributes) for node in root.walk())
    assert "url(" not in mail.html
    assert "@import" not in mail.html
    # A link says where it leads and no more: what it holds is its own token.
    assert not re.search(r"utm_|[?&](id|email|user)=", mail.html)


@each_letter
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_text_has_enough_contrast(kind: Kind, dark: bool) -> None:
    faults = [(node.text, contrast(node, dark=dark)) for node in shown(parse(letter(kind).html))]
    assert [fault for fault in faults if fault[1] < 4.5] == []


@each_letter
def test_a_letter_is_small_enough_to_be_shown_whole(kind: Kind) -> None:
    assert len(letter(kind, **named(kind, "Ж" * 80)).html.encode()) < 20_000


@each_letter
def test_lines_of_the_text_are_short_unless_they_hold_one_long_word(kind: Kind) -> None:
    said = {_even(f"{name}: {value}") for name, value in words(kind).facts}
    long = [line for line in letter(kind).text.splitlines() if len(line) > 80 and _even(line) not in said]
    assert [line for line in long if " " in line.strip() and not line.startswith(("- ", "  "))] == []


@each_letter
def test_a_letter_can_be_ended_by_its_link_if_and_only_if_it_is_not_required(kind: Kind) -> None:
    mail = letter(kind)
    can_end = Choice.OFF in options(kind, Channel.EMAIL) or kind.name == "summary"
    assert is_optional(kind) == can_end
    if can_end:
        url = mail.headers["List-Unsubscribe"].strip("<>")
        assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert "/unsubscribe/" in url
        assert url in mail.text
        assert url in mail.html
    else:
        assert mail.headers == {}
        assert "unsubscribe" not in (mail.text + mail.html).lower()


def test_an_invitation_can_be_declined_by_its_link() -> None:
    (kind,) = (kind for kind in LETTERS if kind.name == "invitation")
    mail = letter(kind)
    assert "Decline and erase:\nhttps://console.example.com/invitations/8fQ2…/decline/" in mail.text
    assert ">Decline and erase</a>" in mail.html


def test_a_letter_in_a_language_from_right_to_left_is_turned_round() -> None:
    (kind,) = (kind for kind in LETTERS if kind.name == "invitation")
    root = parse(letter(kind, "ar").html)
    (page,) = root.find("html")
    assert (page.attributes["lang"], page.attributes["dir"]) == ("ar", "rtl")
    assert {node.attributes["align"] for node in root.find("th")} == {"right"}


def words_above_the_link(language: str) -> str:
    with override(language):
        return labels()["paste"]


def _even(text: str) -> str:
    return " ".join(text.split())
