"""Joins the style and script components into one file for each kind of page.

A component stays one file under static/console/css/ or static/console/js/; a page asks for one style
bundle and one script bundle, so that a cold visit makes seven requests. `collectstatic` hashes and
compresses the bundles like any other static file, and leaves the components out.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import FileSystemFinder
from django.core.files.storage import FileSystemStorage, Storage

EVERY_PAGE = ("layers", "sans", "reset", "tokens", "base", "button", "field", "note", "glyph", "utilities")
IN_THE_SHELL = (
    *EVERY_PAGE,
    *("shell", "menu", "dialog", "palette", "shortcuts", "segment", "card", "badge", "table", "ending"),
)
SCRIPTS_EVERYWHERE = ("forms", "reveal")
SCRIPTS_IN_THE_SHELL = (*SCRIPTS_EVERYWHERE, "kept", "dialogs", "palette", "shortcuts", "copy", "trouble")

BUNDLES: dict[str, tuple[str, ...]] = {
    "public.css": (*EVERY_PAGE, "public", "passkey"),
    "shell.css": IN_THE_SHELL,
    "home.css": (*IN_THE_SHELL, "mono", "kpis", "code", "onboarding", "home"),
    "keys.css": (*IN_THE_SHELL, "mono", "toolbar", "kpis", "code", "empty", "pagination", "choices", "keys", "secret"),
    "reference.css": (*EVERY_PAGE, "public", "mono", "card", "table", "code", "reference"),
    "webhooks.css": (*IN_THE_SHELL, "mono", "empty", "pagination", "choices", "webhooks", "secret"),
    "previews.css": (*IN_THE_SHELL, "mono", "previews"),
    "organization.css": (*IN_THE_SHELL, "mono", "toolbar", "empty", "pagination", "secret", "organization"),
    "billing.css": (
        *IN_THE_SHELL,
        *("mono", "toolbar", "kpis", "empty", "pagination", "chart", "secret", "spend", "share", "billing"),
    ),
    "costs.css": (*IN_THE_SHELL, "mono", "toolbar", "kpis", "empty", "share", "costs"),
    "invoice.css": (*IN_THE_SHELL, "mono", "kpis", "verify", "share", "billing", "invoice"),
    "playground.css": (*IN_THE_SHELL, "mono", "code", "empty", "playground"),
    "limits.css": (*IN_THE_SHELL, "mono", "toolbar", "pagination", "empty", "secret", "choices", "prices", "limits"),
    "prices.css": (*IN_THE_SHELL, "mono", "empty", "prices"),
    "contacts.css": (*IN_THE_SHELL, "empty", "secret", "contacts"),
    "sso.css": (*IN_THE_SHELL, "mono", "empty", "secret", "contacts", "sso"),
    "members.css": (*IN_THE_SHELL, "toolbar", "empty", "pagination", "secret", "people", "roles"),
    "security.css": (*IN_THE_SHELL, "mono", "passkey", "security", "secret"),
    "usage.css": (*IN_THE_SHELL, "toolbar", "kpis", "code", "report", "choices", "series", "chart", "usage"),
    "staff.css": (
        *IN_THE_SHELL,
        "mono",
        "toolbar",
        "kpis",
        "pagination",
        "report",
        "series",
        "chart",
        "staff",
        "log",
        "letters",
        "lookup",
        "findings",
    ),
    "staff-prices.css": (*IN_THE_SHELL, "mono", "empty", "secret", "series", "staff", "prices"),
    "access.css": (
        *IN_THE_SHELL,
        "toolbar",
        "pagination",
        "report",
        "series",
        "rosette",
        "verdict",
        "lanes",
        "sealed",
        "openings",
        "verify",
    ),
    "requests.css": (*IN_THE_SHELL, "mono", "toolbar", "code", "empty", "pagination", "requests"),
    "audit.css": (*IN_THE_SHELL, "mono", "toolbar", "pagination", "audit"),
    "account.css": (*IN_THE_SHELL, "toolbar", "pagination", "preferences", "history", "secret", "profile"),
    "public.js": SCRIPTS_EVERYWHERE,
    "sign-in.js": (*SCRIPTS_EVERYWHERE, "passkeys"),
    "reference.js": (*SCRIPTS_EVERYWHERE, "copy"),
    "console.js": SCRIPTS_IN_THE_SHELL,
    "members.js": (*SCRIPTS_IN_THE_SHELL, "ticks"),
    "playground.js": (*SCRIPTS_IN_THE_SHELL, "events", "playground"),
    "keys.js": (*SCRIPTS_IN_THE_SHELL, "stored"),
    "staff.js": (*SCRIPTS_IN_THE_SHELL, "chart"),
    "security.js": (*SCRIPTS_IN_THE_SHELL, "passkeys", "stored"),
    "billing.js": (*SCRIPTS_IN_THE_SHELL, "chart"),
    "usage.js": (*SCRIPTS_IN_THE_SHELL, "chart", "live", "zoom"),
}
# A face that names a missing file would stop collectstatic; without it the system's font is used.
FACES = {"sans": "console/geist.woff2", "mono": "console/geist-mono.woff2"}
COMPONENTS = ("console/css/*", "console/js/*")


class BundleFinder(FileSystemFinder):
    """STATICFILES_DIRS, with bundles in place of the components they are made of."""

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        yield from super().list([*(ignore_patterns or ()), *COMPONENTS])
        built = FileSystemStorage(location=bundles_dir())
        for bundle in BUNDLES:
            write(bundle)
            yield f"console/{bundle}", built

    def find(self, path: str, *args: Any, **kwargs: Any) -> Any:
        folder, _, bundle = path.partition("/")
        if folder != "console" or bundle not in BUNDLES:
            return super().find(path, *args, **kwargs)
        written = str(write(bundle))
        return [written] if kwargs.get("find_all") or kwargs.get("all") else written


def bundles_dir() -> Path:
    return Path(settings.STATIC_ROOT).with_name("bundles")


def write(bundle: str) -> Path:
    """Writes the bundle where it changed, so that collectstatic copies only what is new."""
    target = bundles_dir() / "console" / bundle
    text = join(bundle)
    if not target.exists() or target.read_text() != text:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    return target


def join(bundle: str) -> str:
    kind = bundle.rpartition(".")[2]
    components = dict.fromkeys(BUNDLES[bundle])
    return "\n".join(component(name, kind) for name in components if kind != "css" or has_font(name))


def component(name: str, kind: str) -> str:
    folders = [Path(folder) / "console" / kind for folder in settings.STATICFILES_DIRS]
    source = next(path for folder in folders if (path := folder / f"{name}.{kind}").exists())
    text = source.read_text().strip()
    # A block keeps each script's names to itself.
    return f"{{\n{text}\n}}" if kind == "js" else text


def has_font(name: str) -> bool:
    return name not in FACES or any((Path(folder) / FACES[name]).exists() for folder in settings.STATICFILES_DIRS)
