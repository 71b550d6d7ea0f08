"""Root keys in the transit engine of HashiCorp Vault, which they never leave: one derived key a plane.

A wrapped key is Vault's own text, `vault:vN:` and base64. The context enters by key derivation (`derived=true`),
because rewrap takes no associated data.
"""

import base64
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from vault import suites
from vault.errors import VaultError
from vault.planes import Plane
from vault.roots.boundary import provider_away, wrong_root
from vault.roots.remembered import MINUTE, Remembered

_PROBE = suites.associate("root-check")
_WRAPPED = re.compile(r"vault:v([1-9][0-9]{0,8}):([A-Za-z0-9+/]+={0,2})", re.ASCII)


class VaultTransit:
    """`keys` names the key of each plane. `token` is asked at each call; time-outs in seconds."""

    def __init__(
        self,
        keys: Mapping[str, str],
        *,
        url: str,
        token: Callable[[], str],
        mount: str = "transit",
        ca_file: str = "",
        connect_timeout: float = 2,
        read_timeout: float = 5,
        notice_after: float = MINUTE,
    ) -> None:
        self._keys, self._mount, self._token = keys, mount, token
        self._client = _client(url, ca_file, (connect_timeout, read_timeout))
        self._newest = Remembered(self._read_key, notice_after)
        self._probed = Remembered(self._probe, notice_after)

    def wrap(self, plane: Plane, data_key: bytes, context: bytes) -> bytes:
        # Vault makes a key that is not there, if the token may: a root is never made on the way.
        self._newest.get(plane)
        with self._transit(plane) as transit:
            answer = transit.encrypt_data(plaintext=_base64(data_key), **self._named(plane, context))
            return str(answer["data"]["ciphertext"]).encode()

    def unwrap(self, plane: Plane, wrapped: bytes, context: bytes) -> bytes:
        _version(plane, wrapped)
        with self._transit(plane) as transit:
            answer = transit.decrypt_data(ciphertext=wrapped.decode(), **self._named(plane, context))
            return base64.b64decode(answer["data"]["plaintext"])

    def rewrap(self, plane: Plane, wrapped: bytes, context: bytes) -> bytes:
        _version(plane, wrapped)
        with self._transit(plane) as transit:
            answer = transit.rewrap_data(ciphertext=wrapped.decode(), **self._named(plane, context))
            return str(answer["data"]["ciphertext"]).encode()

    def is_current(self, plane: Plane, wrapped: bytes) -> bool:
        return _version(plane, wrapped) >= self._newest.get(plane)

    def check(self) -> None:
        for plane in Plane:
            self._probed.get(plane)

    def _probe(self, plane: Plane) -> None:
        self._newest.put(plane, self._read_key(plane))
        self.unwrap(plane, self.wrap(plane, os.urandom(suites.KEY_SIZE), _PROBE), _PROBE)

    def _read_key(self, plane: Plane) -> int:
        """Return the newest version of the plane's key."""
        with self._transit(plane) as transit:
            key = transit.read_key(self._keys[plane], mount_point=self._mount)["data"]
            if not key["derived"]:
                raise VaultError(
                    "missing-root", f"The {plane} root in Vault is not derived; make one with derived=true."
                )
            return int(key["latest_version"])

    def _named(self, plane: Plane, context: bytes) -> dict[str, str]:
        return {"name": self._keys[plane], "mount_point": self._mount, "context": _base64(context)}

    @contextmanager
    def _transit(self, plane: Plane) -> Iterator[Any]:
        """Yield hvac's transit engine and raise what it raises as a VaultError."""
        from hvac import exceptions
        from requests import RequestException

        self._client.token = self._token()
        try:
            yield self._client.secrets.transit
        except exceptions.InvalidRequest:
            raise wrong_root(plane) from None
        except exceptions.InvalidPath:
            raise VaultError("missing-root", f"Vault has no {plane} root under this mount and name.") from None
        except (exceptions.Forbidden, exceptions.Unauthorized):
            raise VaultError("root-refused", f"Vault does not permit this with the {plane} root.") from None
        except (exceptions.VaultError, RequestException, KeyError, TypeError) as error:
            raise provider_away("Vault", type(error).__name__) from None


def token_file(path: Path) -> Callable[[], str]:
    """Return what reads the token anew each time: an agent renews the file while we run."""

    def read() -> str:
        try:
            return path.read_text().strip()
        except OSError as error:
            raise VaultError("root-refused", f"The token file {path} cannot be read: {error.strerror}.") from None

    return read


def _client(url: str, ca_file: str, timeout: tuple[float, float]) -> Any:
    import hvac
    from requests import Session

    session = Session()
    # No proxy and no .netrc of the environment may come between us and Vault.
    session.trust_env = False
    session.verify = ca_file or True
    # A redirect would carry the token and the data key to wherever it points.
    return hvac.Client(url=url, token="", session=session, timeout=timeout, allow_redirects=False)


def _version(plane: Plane, wrapped: bytes) -> int:
    """Return the key version that a wrapped key names. Vault reads base64 leniently; we accept one spelling."""
    match = _WRAPPED.fullmatch(wrapped.decode("ascii", "replace"))
    if not match or len(match[2]) % 4 or _base64(base64.b64decode(match[2])) != match[2]:
        raise wrong_root(plane)
    return int(match[1])


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()
