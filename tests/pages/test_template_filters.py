import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django import forms
from django.utils.html import strip_tags
from hypothesis import given
from hypothesis import strategies as st

from llama_console.templatetags.console import control, highlight, midsentence, moment, relative

MARK = re.compile(r'<span class="t-[skc]">|</span>')
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def without_marks(html: str) -> str:
    return MARK.sub("", html)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        'curl "<img src=x onerror=alert(1)>"',
        "'</code></pre><script>'",
        '"&lt;" <b>&</b> for <i>',
    ],
)
def test_highlighting_leaves_no_markup_of_the_snippet_alive(text: str) -> None:
    assert "<" not in without_marks(highlight(text))


@given(st.text())
def test_highlighting_changes_no_character_of_the_snippet(text: str) -> None:
    assert unescape(without_marks(highlight(text))) == text


def test_highlighting_marks_strings_keywords_and_commands() -> None:
    assert highlight("curl -H 'a'") == (
        '<span class="t-c">curl</span> <span class="t-c">-H</span> <span class="t-s">&#x27;a&#x27;</span>'
    )
    assert highlight('import "x"') == '<span class="t-k">import</span> <span class="t-s">&quot;x&quot;</span>'


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=-3), "just now"),
        (timedelta(seconds=4), "just now"),
        (timedelta(seconds=12), "12 seconds ago"),
        (timedelta(seconds=60), "1 minute ago"),
        (timedelta(minutes=119), "1 hour ago"),
        (timedelta(days=9), "9 days ago"),
        (timedelta(days=70), "2 months ago"),
        (timedelta(days=800), "2 years ago"),
    ],
)
def test_a_time_is_told_by_its_age(age: timedelta, words: str) -> None:
    assert relative(NOW - age, NOW) == words


def test_no_time_is_never() -> None:
    assert relative(None) == "Never"


def test_a_moment_of_today_needs_no_date() -> None:
    assert moment(NOW - timedelta(hours=1), NOW) == "11:00:00"
    assert moment(NOW - timedelta(hours=13), NOW) == "Nov 22, 23:00"


def test_an_acronym_keeps_its_capitals_in_a_sentence() -> None:
    assert [midsentence(label) for label in ("Model", "API key", "")] == ["model", "API key", ""]


class Form(forms.Form):
    email = forms.EmailField()
    password = forms.CharField(min_length=15)


def test_the_first_wrong_field_takes_the_focus_and_names_its_error() -> None:
    form = Form({"email": "olivia@example.com", "password": "short"})
    assert "autofocus" not in control(form["email"], focus=True)
    password = control(form["password"], hint="At least 15 characters.")
    assert "autofocus" in password
    assert 'aria-invalid="true"' in password
    assert 'aria-describedby="id_password_helptext id_password_error"' in password


def test_a_fresh_form_focuses_where_the_page_says() -> None:
    assert "autofocus" in control(Form()["email"], focus=True)
    assert "autofocus" not in control(Form()["password"])
    assert strip_tags(control(Form()["email"])) == ""
