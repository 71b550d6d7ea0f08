"""Takes each text that the rooms mark for translation into locale/*/LC_MESSAGES/django.po; keeps what is translated.

`make translations` runs it; a new text is there with an empty msgstr, one that the code says no more is gone. The files
hold no dates and no line numbers, so that they change only where a text does.
"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po, write_po

BASE_DIR = Path(__file__).resolve().parent.parent
LANGUAGES = ("de", "es", "fr")
_KEYWORDS: dict[str, Any] = DEFAULT_KEYWORDS | {"gettext_lazy": None, "ngettext_lazy": (1, 2)}
_NO_ROOMS = {"bench", "dev", "tests"}
_HEADER = """msgid ""
msgstr ""
"Language: {language}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: {plurals}\\n"

"""


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
    catalog.update(template(), no_fuzzy_matching=True)
    write_po(written, catalog, width=120, include_lineno=False, omit_header=True, ignore_obsolete=True)
    return _HEADER.format(language=language, plurals=get_plural(language).plural_forms) + written.getvalue().decode()


def template() -> Catalog:
    """Return every text of the code, in the order of its files."""
    catalog = Catalog()
    for path in _sources():
        found = extract_from_file("python", path, keywords=_KEYWORDS)
        for _, message, _, context in found:
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


def _sources() -> Iterator[Path]:
    rooms = (path.parent for path in BASE_DIR.glob("*/__init__.py") if path.parent.name not in _NO_ROOMS)
    for room in sorted(rooms):
        yield from sorted(room.rglob("*.py"))


if __name__ == "__main__":
    main()
