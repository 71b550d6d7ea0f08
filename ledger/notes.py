"""A checkpoint as text: a C2SP signed note, byte for byte as docs/ledger.md says. Pure."""

import base64
import hashlib
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ledger.errors import LedgerError
from ledger.pen import Pen

_NUMBER = r"(0|[1-9][0-9]{0,18})"
_HASH = r"([A-Za-z0-9+/]{43}=)"
_FORM = re.compile(
    rf"(?P<text>(?P<name>[^\s+]+)\n{_NUMBER}\n{_HASH}\nmap {_HASH}\ntime {_NUMBER}\n)"
    r"\n— (?P=name) (?P<signature>[A-Za-z0-9+/]{91}=)\n"
)


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs checkpoints: the log's name, as `console.example.com/ledger`, its key, and the pen of its leaves."""

    name: str
    private_key: Ed25519PrivateKey
    pen: Pen

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[^\s+]+", self.name):
            raise ValueError("The name of a log has neither spaces nor plus signs.")

    @property
    def public_key(self) -> bytes:
        """The 32 bytes of the key that checkpoints are verified with."""
        return self.private_key.public_key().public_bytes_raw()


@dataclass(frozen=True, slots=True)
class Note:
    """What a checkpoint states. `time` is in seconds since 1970."""

    name: str
    size: int
    root: bytes
    map: bytes
    time: int

    def text(self) -> str:
        """Return what the signature covers."""
        return f"{self.name}\n{self.size}\n{_base64(self.root)}\nmap {_base64(self.map)}\ntime {self.time}\n"

    def sign(self, private_key: Ed25519PrivateKey) -> str:
        """Return the signed note."""
        key_id = _key_id(self.name, private_key.public_key().public_bytes_raw())
        signature = private_key.sign(self.text().encode())
        return f"{self.text()}\n— {self.name} {_base64(key_id + signature)}\n"


def open_note(signed: str, public_key: bytes) -> Note:
    """Return what a note states; LedgerError unless this key signed it."""
    form = _FORM.fullmatch(signed)
    if form is None:
        raise LedgerError("tampered", "A checkpoint is not in the form of one.", permanent=True)
    name, size, root, map_, time = form.group("name", 3, 4, 5, 6)
    signature = base64.b64decode(form["signature"])
    try:
        if signature[:4] != _key_id(name, public_key):
            raise InvalidSignature
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature[4:], form["text"].encode())
    except InvalidSignature:
        raise LedgerError("tampered", "A checkpoint is not signed by the ledger's key.", permanent=True) from None
    return Note(name, int(size), base64.b64decode(root), base64.b64decode(map_), int(time))


def _key_id(name: str, public_key: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n\x01" + public_key).digest()[:4]


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
