"""Every text of the templates is marked for translation."""

import re
from html.parser import HTMLParser

import pytest
from django.conf import settings

TEMPLATES = settings.BASE_DIR / "templates"
# Not for people in their own language: mail has its words from Python, previews and the reference are for developers,
# the operators' pages are in English.
ENGLISH = ("email/", "previews/", "admin_api/", "staff/")
# What is no word of a language: names, and what is typed into a program.
NAMES = {
    "Llama console",
    "LLAMA_API_KEY",
    "UTC",
    "CSV",
    "PDF",
    "TXT",
    "K",
    "Ctrl K",
    "x-request-id",
    "action:key.created actor:me since:2026-11-01",
}
_ATTRIBUTES = {"aria-label", "aria-roledescription", "alt", "placeholder", "title"}
_ARGUMENTS = r'\b(?:label|hint|text|title|action|placeholder|what)="([^"]*)"|(?:default|add):"([^"]*)"'
_TAG = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL)
_TRANSLATED = re.compile(r"{% blocktranslate.*?{% endblocktranslate %}", re.DOTALL)
_WORD = re.compile(r"[^\W\d_]{2,}")


class _Texts(HTMLParser):
    """Collects what people read: texts, and attributes that are read out or shown."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._raw = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._raw += tag in {"pre", "script", "style"}
        self.found += [value for name, value in attrs if name in _ATTRIBUTES and value]

    def handle_endtag(self, tag: str) -> None:
        self._raw -= tag in {"pre", "script", "style"}

    def handle_data(self, data: str) -> None:
        if not self._raw:
            self.found.append(data)


def unmarked(source: str) -> list[str]:
    """Return the words of a template that no tag translates."""
    source = _TRANSLATED.sub("", source)
    arguments = [
        text
        for tag in _TAG.findall(source)
        if tag.startswith(("{% include", "{{"))
        for found in re.findall(_ARGUMENTS, tag)
        for text in found
        if re.match(r" ?[A-Z]|.* ", text)
    ]
    blocks = re.sub(r"{% block (?:body_class|column) %}[\w ]*{% endblock", "", source)
    parser = _Texts()
    parser.feed(_TAG.sub("\n", blocks))
    parser.close()
    return [text for text in (each.strip() for each in [*arguments, *parser.found]) if _says_something(text)]


def _says_something(text: str) -> bool:
    for name in NAMES:
        text = text.replace(name, "")
    return bool(_WORD.search(text))


def _templates() -> list[str]:
    names = (path.relative_to(TEMPLATES).as_posix() for path in sorted(TEMPLATES.rglob("*.html")))
    return [name for name in names if not name.startswith(ENGLISH)]


@pytest.mark.parametrize("name", _templates())
def test_a_template_says_nothing_that_is_not_marked(name: str) -> None:
    assert unmarked((TEMPLATES / name).read_text()) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>Hello</p>", ["Hello"]),
        ("<p>{% if a %}One{% else %}Two{% endif %}</p>", ["One\nTwo"]),
        ('<a aria-label="Close"></a>', ["Close"]),
        ("<a aria-label=\"{% translate 'Close' %}\">{{ x }}</a>", []),
        ('{% include "a.html" with label="Name" class="code" only %}', ["Name"]),
        ('{% include "a.html" with label=_("Name") only %}', []),
        ('{{ name|default:"No name" }}', ["No name"]),
        ("<p>{% blocktranslate %}One <b>two</b>{% endblocktranslate %}, three</p>", [", three"]),
        ("<p>·, – {{ x }} 100% UTC</p><pre>pip install</pre>", []),
    ],
)
def test_the_finder_finds(source: str, found: list[str]) -> None:
    assert unmarked(source) == found
