"""The layout of letters: byte for byte what Django's mails are over SMTP."""

import email
import email.policy
import re
from email.message import EmailMessage
from typing import Any

import pytest
from django.conf import settings

from notifications.kinds import Kind
from notifications.letter import Letter
from tests.notifications.messages.conftest import ALL, letter

BOUNDARY = "b" * 24
SUBJECTS = ["Short", "Grüße aus München", "A word and " * 12, "Ein Überfluss " * 12, "x" * 150, "", "سلام " * 20]


def laid_out(subject: str, text: str, html: str, to: str = "olivia@example.com", **headers: str) -> bytes:
    """Return a letter's bytes once they are found to be those of Django's mail."""
    made = Letter(subject, text, html, to, headers)
    ours, theirs = made.as_bytes(BOUNDARY), made.message()
    theirs.set_boundary(BOUNDARY)  # type: ignore[attr-defined]
    assert dateless(ours) == dateless(theirs.as_bytes(linesep="\r\n"))
    return ours


def dateless(data: bytes) -> bytes:
    """Return a mail without its Date and Message-ID; a letter's own Message-ID is among `headers`."""
    return re.sub(rb"(?m)^(Date|Message-ID): [^\r]*\r\n", b"", data, count=2)


def read(data: bytes) -> EmailMessage:
    return email.message_from_bytes(data, policy=email.policy.default)


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES])
@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.name)
def test_each_message_in_each_language_is_laid_out_as_django_does(kind: Kind, language: str) -> None:
    mail = letter(kind, language)
    laid_out(mail.subject, mail.text, mail.html, **mail.headers)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_subjects_that_need_folding_or_encoding_are_as_django_makes_them(subject: str) -> None:
    assert str(read(laid_out(subject, "text\n", "<p>text</p>\n"))["Subject"]).split() == subject.split()


@pytest.mark.parametrize(
    "text", ["", "no end", "a\r\nb\rc\n", "\n\n", ".\n.\n", "From here\n", "ü" * 600, "x" * 2000 + "\n", "--bbb\n"]
)
def test_odd_texts_are_as_django_makes_them(text: str) -> None:
    laid_out("Subject", f"{text}.", text or "<p></p>", to="Olivia <olivia@münchen.example>")


def test_a_sender_with_an_unusual_name_is_as_django_makes_it(settings: Any) -> None:
    settings.DEFAULT_FROM_EMAIL = "Llama-Männer <console@localhost>"
    assert str(read(laid_out("Subject", "text\n", "<p>text</p>\n"))["From"]) == settings.DEFAULT_FROM_EMAIL


def test_no_two_letters_have_one_boundary() -> None:
    made = Letter("Subject", "text\n", "<p>text</p>\n", "olivia@example.com", {})
    boundaries = {read(made.as_bytes()).get_boundary() for _ in range(2)}
    assert len(boundaries) == 2
