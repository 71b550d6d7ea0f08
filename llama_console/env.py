"""Reads settings from the environment and is loud about it.

Every helper names the variable in its error, so that a missing or malformed value
stops the program at start with a sentence that says what to do.
"""

import os
import re
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}


def string(name: str, default: str | None = None) -> str:
    """Return the variable; without a default it must be set and not empty."""
    value = os.environ.get(name) or default
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set and has no default.")
    return value


def path(name: str) -> Path | None:
    """Return the variable as a path; None where it is not set or empty."""
    value = os.environ.get(name)
    return Path(value) if value else None


def choice(name: str, default: str | None, *allowed: str) -> str:
    value = string(name, default)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be one of {', '.join(allowed)}.")
    return value


def integer(name: str, default: int | None = None, *, least: int = 0) -> int:
    text = string(name, None if default is None else str(default))
    if not text.isdecimal() or int(text) < least:
        raise ImproperlyConfigured(f"{name} is {text!r}; it must be a whole number of at least {least}.")
    return int(text)


def boolean(name: str, default: bool) -> bool:
    text = string(name, str(default)).lower()
    if text not in _TRUE | _FALSE:
        raise ImproperlyConfigured(f"{name} is {text!r}; it must be true or false.")
    return text in _TRUE


def require(condition: bool, problem: str) -> None:
    """Stop at start with the problem unless the condition holds."""
    if not condition:
        raise ImproperlyConfigured(problem)


def listing(name: str, default: str = "") -> list[str]:
    """Return a comma-separated variable as a list without empty items."""
    return [item for part in os.environ.get(name, default).split(",") if (item := part.strip())]


def ports(name: str, default: str = "") -> list[int]:
    """Return a comma-separated variable as port numbers."""
    items = listing(name, default)
    if not all(item.isdecimal() and 0 < int(item) < 65_536 for item in items):
        raise ImproperlyConfigured(f"{name} is {','.join(items)!r}; it must be port numbers from 1 to 65535.")
    return [int(item) for item in items]


def networks(name: str) -> list[str]:
    """Return a comma-separated variable as IP networks."""
    items = listing(name)
    try:
        return [str(ip_network(item)) for item in items]
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be networks such as 10.0.0.0/8, divided by commas.") from None


def header(name: str, default: str) -> str:
    """Return the variable as the name of a request header."""
    value = string(name, default)
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", value):
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be a header's name, of letters, digits and hyphens.")
    return value


def mapping(name: str, *keys: str) -> dict[str, str]:
    """Return "key=value,key=value" as a dict; every key must be there once, each with a value of its own."""
    pairs = [item.partition("=") for item in listing(name)]
    found = {key.strip(): value.strip() for key, _, value in pairs}
    if len(pairs) != len(found) or found.keys() != set(keys) or len(set(found.values()) - {""}) != len(keys):
        form = ",".join(f"{key}=…" for key in keys)
        raise ImproperlyConfigured(f"{name} must look like {form}, with a different value each.")
    return found


def protected_url(name: str, default: str | None = None) -> str:
    """Return an address that secrets may be sent to: https, or http on this machine."""
    value = http_url(name, default)
    parts = urlsplit(value)
    if parts.scheme != "https" and parts.hostname not in {"localhost", "127.0.0.1", "::1"}:
        raise ImproperlyConfigured(f"{name} is {value!r}; beyond this machine it must be https.")
    return value


def origin(name: str, default: str | None = None) -> str:
    """Return scheme://host[:port], without a path."""
    value = string(name, default).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must look like https://console.example.com.")
    return value


def http_url(name: str, default: str | None = None) -> str:
    value = string(name, default).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be an http or https address.")
    return value


def load_file(path: str | os.PathLike[str]) -> None:
    """Take NAME=value lines of a file as defaults for variables that are not set."""
    try:
        with open(path, encoding="utf-8") as lines:
            pairs = [line.rstrip("\n").partition("=") for line in lines if "=" in line]
    except FileNotFoundError:
        return
    for name, _, value in pairs:
        os.environ.setdefault(name, value)
