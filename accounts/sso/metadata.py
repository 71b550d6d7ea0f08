"""What a provider publishes of itself: its addresses, and the keys that it signs with. Both are kept for an hour.

A token under a key that is not known yet has the keys fetched again, once a minute at most: providers rotate them, and
strangers make up key ids.
"""

import threading
import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

import msgspec
from django.conf import settings
from joserfc import jwk
from joserfc.errors import JoseError

from accounts.sso import fetching
from accounts.sso.failure import SsoError

T = TypeVar("T")
Key = jwk.RSAKey | jwk.ECKey | jwk.OKPKey
_KEPT, _AGAIN = 3600.0, 60.0  # seconds
_MOST_KEPT, _MOST_KEYS = 500, 100
_TYPES = (jwk.RSAKey, jwk.ECKey, jwk.OKPKey)  # no secret that both sides have: it would sign for the provider


class Metadata(msgspec.Struct, frozen=True):
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: list[str] = []
    authorization_response_iss_parameter_supported: bool = False


class _KeySet(msgspec.Struct):
    keys: list[dict[str, Any]]


class _Kept(Generic[T]):
    """Values by address, each with the moment that it came; when there are too many the oldest makes room."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._values: dict[str, tuple[float, T]] = {}

    def get(self, key: str, make: Callable[[str], T], *, newest: float = _KEPT) -> T:
        """Return the value, made anew if it is `newest` seconds old."""
        with self._lock:
            at, value = self._values.get(key, (0.0, None))
        if value is not None and time.monotonic() - at < newest:
            return value
        made = make(key)
        with self._lock:
            self._values.pop(key, None)
            self._values[key] = time.monotonic(), made
            if len(self._values) > _MOST_KEPT:
                del self._values[next(iter(self._values))]
        return made

    def clear(self) -> None:
        with self._lock:
            self._values.clear()


_metadata: _Kept[Metadata] = _Kept()
_keys: _Kept[list[Key]] = _Kept()


def of(issuer: str) -> Metadata:
    """Return what an issuer publishes; SsoError where it does not say that it is just this issuer."""
    return _metadata.get(issuer, _discover)


def key_for(found: Metadata, key_id: str | None) -> Key:
    """Return the key of that id, or the only key there is for a token that names none."""
    for newest in (_KEPT, _AGAIN):
        keys = _keys.get(found.jwks_uri, _fetch_keys, newest=newest)
        fitting = [key for key in keys if key_id is None or key.kid == key_id]
        if len(fitting) == 1:
            return fitting[0]
    raise SsoError("token")


def forget() -> None:
    """Forget everything, when an organization changed its provider; tests do, too."""
    _metadata.clear()
    _keys.clear()


def _discover(issuer: str) -> Metadata:
    text = fetching.get(issuer.rstrip("/") + "/.well-known/openid-configuration")
    found = _decoded(text, Metadata)
    if found.issuer != issuer or not _is_page(found.authorization_endpoint):
        raise SsoError("metadata")
    return found


def _is_page(url: str) -> bool:
    """Tell whether a browser may be sent there: people type their password at it."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    local = settings.SSO_ALLOW_LOCALHOST and parts.hostname in {"localhost", "127.0.0.1"}
    printable = url.isascii() and url.isprintable() and " " not in url
    is_plain = bool(parts.hostname) and "@" not in parts.netloc and not parts.fragment
    return printable and is_plain and (parts.scheme == "https" or (parts.scheme == "http" and local))


def _fetch_keys(url: str) -> list[Key]:
    """Return the keys that can sign; a set may hold others, and some that nobody here knows."""
    listed = _decoded(fetching.get(url), _KeySet).keys[:_MOST_KEYS]
    return [key for each in listed if each.get("use", "sig") == "sig" and (key := _imported(each))]


def _imported(data: dict[str, Any]) -> Key | None:
    try:
        key = jwk.import_key(data)
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    return key if isinstance(key, _TYPES) else None


def _decoded(text: bytes, shape: type[T]) -> T:
    try:
        return msgspec.json.decode(text, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    raise SsoError("metadata")  # outside of the handler: the error quotes what came
