"""Takes each text that is marked for translation into locale/*/LC_MESSAGES/django.po; keeps what is translated.

Messages to people are in every language, the pages of the console in those of PAGE_LANGUAGES. What the room of messages
says is a message's but for a few parts, everything else a page's. `make translations` runs it; a new text is there with
an empty msgstr, one that the code says no more is gone. The files hold no dates and no line numbers, so that they
change only where a text does.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract, extract_from_file
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

BASE_DIR = Path(__file__).resolve().parent.parent
LANGUAGES = ("de", "es", "fr")
PAGE_LANGUAGES = ("de",)  # beside English
_KEYWORDS: dict[str, Any] = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
}
_NO_ROOMS = {"bench", "dev", "tests"}
_MESSAGES = "notifications"  # the room whose Python words messages
_OF_PAGES = {"models", "reasons.py", "views", "webhooks"}  # what of it pages say
_HEADER = """msgid ""
msgstr ""
"Language: {language}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: {plurals}\\n"

"""
_Found = Iterable[tuple[int, Any, list[str], str | None]]


def main() -> None:
    for language in LANGUAGES:
        path = file_of(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(updated(language), encoding="utf-8")
        print(f"{path.relative_to(BASE_DIR)}: {len(untranslated(read(language)))} texts to translate")


def file_of(language: str) -> Path:
    return BASE_DIR / "locale" / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> Catalog:
    path = file_of(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def updated(language: str) -> str:
    """Return what a language's file says when it is up to date with the code."""
    catalog, written = read(language), BytesIO()
    catalog.update(template(pages=language in PAGE_LANGUAGES), no_fuzzy_matching=True)
    write_po(written, catalog, width=120, include_lineno=False, omit_header=True, ignore_obsolete=True)
    return _HEADER.format(language=language, plurals=get_plural(language).plural_forms) + written.getvalue().decode()


@cache
def template(*, pages: bool) -> Catalog:
    """Return the texts of messages, and of pages if asked for, in the order of their files."""
    catalog = Catalog()
    for path in _sources(pages=pages):
        for _, message, _, context in _texts(path):
            catalog.add(message, None, [(path.relative_to(BASE_DIR).as_posix(), 1)], context=context)
    return catalog


def untranslated(catalog: Catalog) -> list[Any]:
    """Return the texts that lack a translation or one of its plural forms, or whose translation is a guess."""
    return [
        message.id
        for message in catalog
        if message.id
        and (message.fuzzy or not (all(message.string) if isinstance(message.string, tuple) else message.string))
    ]


def _texts(path: Path) -> _Found:
    if path.suffix == ".py":
        return extract_from_file("python", path, keywords=_KEYWORDS)
    code = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    code = "\n".join(line.strip() for line in code.splitlines())  # the indentation of HTML is none of Python
    return extract("python", BytesIO(code.encode()), keywords=_KEYWORDS)


def _sources(*, pages: bool) -> Iterator[Path]:
    rooms = (path.parent for path in BASE_DIR.glob("*/__init__.py") if path.parent.name not in _NO_ROOMS)
    python = [path for room in sorted(rooms) for path in sorted(room.rglob("*.py"))]
    yield from filter(_is_of_messages, python)
    if pages:
        yield from (path for path in python if not _is_of_messages(path))
        yield from sorted((BASE_DIR / "templates").rglob("*.html"))


def _is_of_messages(path: Path) -> bool:
    place = path.relative_to(BASE_DIR).parts
    return place[0] == _MESSAGES and place[1] not in _OF_PAGES


if __name__ == "__main__":
    main()
