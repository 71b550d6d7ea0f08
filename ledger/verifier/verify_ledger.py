"""Verifies a tenant's export of the ledger of a Llama Console, without any help from its server.

    python verify_ledger.py BUNDLE [EARLIER] [--key BASE64]

BUNDLE is the export, or - for standard input. EARLIER is an older export of the same tenant, which BUNDLE has to
continue, or an export of another tenant of the same console, which must have been shown the same log. --key is the
public key that you wrote down. Exit code 0: verified; 1: refuted, with the reason; 2: unreadable, or nothing to
compare.

This one file needs Python 3.11 and the package `cryptography`. It opens no connection and imports nothing of Llama
Console. The format is docs/ledger.md, version 1; in what follows, H is SHA-256.
"""

import argparse
import base64
import gc
import json
import os
import struct
import sys
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT = "llama-console-ledger/1"
LARGEST_FILE = 1 << 30  # bytes
MOST_EARLIER = 500  # checkpoints of former exports that a bundle lists
ZEROS = bytes(32)
SCOPE: dict[str, type] = {"purpose": str, "fields": list, "subjects": list}
BODIES: dict[str, dict[str, type]] = {  # the members that the report or the verdict goes by
    "opening": SCOPE,
    "refusal": SCOPE,
    "event": {},
    "grant-started": {},
    "grant-closed": {},
    "destruction": {"keys": list},
    "rotation": {},
}
WHY = {"purpose": "for", "actor": "by", "case": "case", "grant": "grant", "code": "because"}  # and how it is put
MEMBERS = ("format", "tenant", "public_key", "checkpoint", "leaves", "inclusion", "map", "earlier", "purposes")


class Refuted(Exception):
    """The bundle contradicts itself, its signature, or the other bundle."""


class Unreadable(Exception):
    """The file is not a bundle, or there is nothing to compare."""


# Reading: everything has exactly the members and types of the format ------------------------


def load(path: str) -> dict[str, Any]:
    with sys.stdin.buffer if path == "-" else open(path, "rb") as file:
        data = file.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise Unreadable("the file is larger than any export")
    return members(DECODER.decode(data.decode()), "bundle", *MEMBERS)


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable("a member of the JSON stands twice")
    return found


def refuse_constant(name: str) -> None:
    raise Unreadable(f"{name} is no JSON")


# A member that stands twice, or a number that is none, is an error.
DECODER = json.JSONDecoder(object_pairs_hook=unique, parse_constant=refuse_constant)


def members(value: Any, what: str, *names: str) -> dict[str, Any]:
    if type(value) is not dict or value.keys() != set(names):
        raise Unreadable(f"the {what} does not have the members {', '.join(names)}")
    return value


def number(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 1 << 63:
        raise Unreadable("a number is not a whole number between 0 and 2^63")
    return value


def text_of(value: Any) -> str:
    if type(value) is not str:
        raise Unreadable("something that should be text is not")
    return value


def list_of(value: Any) -> list[Any]:
    if type(value) is not list:
        raise Unreadable("something that should be a list is not")
    return value


def uuid(value: Any) -> UUID:
    found = UUID(text_of(value))
    if str(found) != value:
        raise Unreadable("the tenant is not a UUID in lower case")
    return found


def digest(value: Any) -> bytes:
    found = bytes.fromhex(text_of(value))
    if len(found) != 32 or found.hex() != value:
        raise Unreadable("a hash is not 64 lower-case hex digits")
    return found


def unbase64(value: Any, size: int) -> bytes:
    found = base64.b64decode(text_of(value), validate=True)
    if len(found) != size or base64.b64encode(found).decode() != value:
        raise Unreadable(f"something is not the base64 of {size} bytes")
    return found


# Checkpoints --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Checkpoint:
    name: str
    size: int
    root: bytes
    map: bytes
    time: int  # seconds since 1970


def open_checkpoint(note: Any, key: bytes) -> Checkpoint:
    lines = text_of(note).split("\n")
    if len(lines) != 8 or lines[5] or lines[7] or not lines[0] or set(lines[0]) & set(" +"):
        raise Unreadable("a checkpoint does not have the lines of one")
    name, size, root, map_, time, _, signature, _ = lines
    signed = ("\n".join(lines[:5]) + "\n").encode()
    raw = unbase64(after(signature, f"— {name} "), 68)
    if raw[:4] != sha256(name.encode() + b"\n\x01" + key).digest()[:4]:
        raise Refuted("a checkpoint is signed by another key than the bundle's")
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(raw[4:], signed)
    except InvalidSignature:
        raise Refuted("the signature of a checkpoint is forged") from None
    times = decimal(after(time, "time "))
    return Checkpoint(name, decimal(size), unbase64(root, 32), unbase64(after(map_, "map "), 32), times)


def after(line: str, start: str) -> str:
    if not line.startswith(start):
        raise Unreadable(f"a checkpoint lacks the line that starts with {start!r}")
    return line[len(start) :]


def decimal(text: str) -> int:
    if not text.isascii() or not text.isdigit() or (text[0] == "0" and text != "0"):
        raise Unreadable("a number of a checkpoint is not decimal")
    return number(int(text))


# The chain ----------------------------------------------------------------------------------


@dataclass
class Chain:
    """The tenant's leaves, verified among themselves."""

    positions: list[int]
    hashes: list[bytes]
    bodies: list[dict[str, Any]]  # those that were not erased
    erased: int

    @property
    def head(self) -> bytes:
        return sha256(struct.pack(">Q", len(self.hashes)) + self.hashes[-1]).digest()


@dataclass(slots=True)
class Leaf:
    position: int
    sequence: int
    at: int  # microseconds since 1970
    previous: bytes
    commitment: bytes
    hash: bytes
    body: str | None  # None once it was erased


def read_chain(tenant: UUID, leaves: list[Any]) -> Chain:
    chain, erased, destroyed = Chain([], [], [], 0), 0, 0
    last = Leaf(-1, 0, 0, ZEROS, ZEROS, ZEROS, None)
    for leaf in map(read_leaf, leaves):
        verify_link(tenant.bytes, last, leaf)
        chain.positions.append(leaf.position)
        chain.hashes.append(leaf.hash)
        if leaf.body is None:
            chain.erased, erased = chain.erased + 1, leaf.sequence
        else:
            chain.bodies.append(read_body(leaf.body, leaf.sequence))
            destroyed = leaf.sequence if chain.bodies[-1]["type"] == "destruction" else destroyed
        last = leaf
    if erased > destroyed:
        raise Refuted(f"entry {erased} lacks its body, and no destruction after it says why")
    return chain


def read_leaf(raw: Any) -> Leaf:
    kept = type(raw) is not dict or "commitment" not in raw
    own = ("salt", "body") if kept else ("commitment",)
    members(raw, "entry", "position", "sequence", "at", "previous", "hash", *own)
    body = text_of(raw["body"]) if kept else None
    commitment = digest(raw["commitment"]) if body is None else sha256(digest(raw["salt"]) + body.encode()).digest()
    numbers = number(raw["position"]), number(raw["sequence"]), number(raw["at"])
    return Leaf(*numbers, digest(raw["previous"]), commitment, digest(raw["hash"]), body)


def verify_link(tenant: bytes, last: Leaf, leaf: Leaf) -> None:
    """Refute a leaf that is not the tenant's next after `last`."""
    sequence = leaf.sequence
    if sequence != last.sequence + 1:
        raise Refuted(f"entry {last.sequence + 1} is missing: entry {sequence} stands in its place")
    if leaf.previous != last.hash:
        raise Refuted(f"entry {sequence} does not continue the entry before")
    numbers = struct.pack(">BBQ16sQQ", 0, 1, leaf.position, tenant, sequence, leaf.at)
    if sha256(numbers + leaf.previous + leaf.commitment).digest() != leaf.hash:
        raise Refuted(f"entry {sequence} is not what its hash says")
    if leaf.position <= last.position or leaf.at < last.at:
        raise Refuted(f"entry {sequence} stands before the entry before")


def read_body(text: str, sequence: int) -> dict[str, Any]:
    """Parse a body. The server committed to it, so one that is not in the format counts against the server."""
    try:
        body: dict[str, Any] = DECODER.decode(text)
        needed = {"actor": str, **BODIES[body["type"]]}
        said = [*body.get("fields", []), *(body[name] for name in WHY if body.get(name) is not None)]
        valid = all(type(body[name]) is kind for name, kind in needed.items()) and {*map(type, said)} <= {str}
    except (ValueError, LookupError, TypeError, RecursionError, Unreadable):
        valid = False
    if not valid:
        raise Refuted(f"entry {sequence} has a body that says nothing this verifier knows")
    return body


# Trees --------------------------------------------------------------------------------------


def inner(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def included_root(size: int, chain: Chain, proof: Iterator[bytes]) -> bytes:
    """Return the root that the leaves and the proof lead to (many leaves at once)."""
    positions, hashes = chain.positions, chain.hashes

    def walk(start: int, end: int, first: int, last: int) -> bytes:
        if first == last:
            return following(proof)
        if end - start == 1:
            return hashes[first]
        split = start + (1 << (end - start - 1).bit_length() - 1)
        middle = bisect_left(positions, split, first, last)
        left = walk(start, split, first, middle)
        return inner(left, walk(split, end, middle, last))

    return walk(0, size, 0, len(positions))


def following(proof: Iterator[bytes]) -> bytes:
    for value in proof:
        return value
    raise Refuted("a proof is too short")


def verify_consistency(old: Checkpoint, new: Checkpoint, proof: list[bytes]) -> None:
    """RFC 9162, section 2.1.4.2."""
    if old.size > new.size or old.time > new.time or old.name != new.name:
        raise Refuted("an earlier checkpoint is not earlier")
    if old.size == new.size:
        valid = not proof and (old.root, old.map) == (new.root, new.map)
    elif not old.size:
        valid = not proof and (old.root, old.map) == (sha256(b"").digest(), ZEROS)
    else:
        valid = roots_of(old, new, proof) == (old.root, new.root)
    if not valid:
        raise Refuted("split view: the log does not continue an earlier checkpoint")


def roots_of(old: Checkpoint, new: Checkpoint, proof: list[bytes]) -> tuple[bytes, bytes]:
    at, last = old.size - 1, new.size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    hashes = iter([old.root, *proof] if not old.size & (old.size - 1) else proof)
    first = second = following(hashes)
    for value in hashes:
        if not last:
            raise Refuted("a proof is too long")
        if at & 1 or at == last:
            first, second = inner(value, first), inner(value, second)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            second = inner(second, value)
        at, last = at >> 1, last >> 1
    if last:
        raise Refuted("a proof is too short")
    return first, second


def mapped_root(tenant: UUID, chain: Chain, proof: dict[str, Any]) -> bytes:
    """Return the root of the map of tenants in which this chain ends where it does."""
    key = sha256(tenant.bytes).digest()
    siblings = [digest(each) for each in list_of(proof["siblings"])]
    if len(siblings) > 256:
        raise Unreadable("the map's proof is deeper than a map can be")
    bits = [key[depth >> 3] >> (7 - (depth & 7)) & 1 for depth in range(len(siblings))]
    value = end_of_chain(key, chain, proof["other"])
    for bit, sibling in zip(reversed(bits), reversed(siblings), strict=True):
        value = sha256(b"\x03" + (sibling + value if bit else value + sibling)).digest()
    return value


def end_of_chain(key: bytes, chain: Chain, other: Any) -> bytes:
    if chain.hashes:
        if other is not None:
            raise Refuted("the map's proof is of absence, but there are entries")
        return sha256(b"\x02" + key + chain.head).digest()
    if other is None:
        return ZEROS
    place = members(other, "map's other tenant", "key", "value")
    if digest(place["key"]) == key:
        raise Refuted("the map says that there are entries, but there are none")
    return sha256(b"\x02" + digest(place["key"]) + digest(place["value"])).digest()


# Bundles ------------------------------------------------------------------------------------


@dataclass
class Bundle:
    """A verified bundle."""

    tenant: UUID
    key: bytes
    checkpoint: Checkpoint
    chain: Chain
    earlier: list[Checkpoint]
    purposes: dict[str, list[str]]


def verify_bundle(raw: dict[str, Any], written_down: bytes | None) -> Bundle:
    if raw["format"] != FORMAT:
        raise Unreadable(f"the format is not {FORMAT}")
    tenant, key = uuid(raw["tenant"]), unbase64(raw["public_key"], 32)
    if written_down not in (None, key):
        raise Refuted("the bundle is signed by another key than the one you wrote down")
    checkpoint = open_checkpoint(raw["checkpoint"], key)
    chain = read_chain(tenant, list_of(raw["leaves"]))
    verify_inclusion(checkpoint, chain, [digest(each) for each in list_of(raw["inclusion"])])
    place = members(raw["map"], "map's proof", "siblings", "other")
    if mapped_root(tenant, chain, place) != checkpoint.map:
        raise Refuted("the chain does not end where the checkpoint's map says: entries are missing or added at the end")
    earlier = [verify_earlier(each, checkpoint, key) for each in list_of(raw["earlier"])]
    return Bundle(tenant, key, checkpoint, chain, earlier, read_purposes(raw["purposes"]))


def verify_inclusion(checkpoint: Checkpoint, chain: Chain, proof: list[bytes]) -> None:
    if chain.positions and chain.positions[-1] >= checkpoint.size:
        raise Refuted("an entry stands behind the end of the log")
    if not checkpoint.size and checkpoint.root != sha256(b"").digest():
        raise Refuted("an empty log has another root")
    rest = iter(proof)
    if included_root(checkpoint.size, chain, rest) != checkpoint.root or next(rest, None) is not None:
        raise Refuted("the entries do not stand in the checkpoint's tree")


def verify_earlier(raw: Any, checkpoint: Checkpoint, key: bytes) -> Checkpoint:
    members(raw, "earlier checkpoint", "checkpoint", "proof")
    earlier = open_checkpoint(raw["checkpoint"], key)
    verify_consistency(earlier, checkpoint, [digest(each) for each in list_of(raw["proof"])])
    return earlier


def read_purposes(raw: Any) -> dict[str, list[str]]:
    if type(raw) is not dict:
        raise Unreadable("the purposes are not a table")
    return {word(purpose): [word(field) for field in list_of(fields)] for purpose, fields in raw.items()}


def word(value: Any) -> str:
    """Return a name that can't pass for a sentence of the report."""
    found = text_of(value)
    if found.split() != [found]:
        raise Unreadable("a purpose or a field is not one word")
    return found


def compare(bundle: Bundle, other: Bundle) -> str:
    """Check two bundles against each other and return what was found."""
    if bundle.key != other.key or bundle.checkpoint.name != other.checkpoint.name:
        raise Refuted("the two exports are signed by different keys or for different logs")
    for each in (other.checkpoint, *other.earlier):
        listed(bundle, each)
    if bundle.tenant != other.tenant:
        if not any([listed(bundle, other.checkpoint), listed(other, bundle.checkpoint)]):
            raise Unreadable("nothing to compare: neither export lists the checkpoint of the other, and sizes differ")
        return f"the tenant {other.tenant} was shown the same log"
    if bundle.checkpoint.size < other.checkpoint.size or bundle.checkpoint.time < other.checkpoint.time:
        raise Refuted("the log shrank since the earlier export, unless you named the two files in the wrong order")
    count = len(other.chain.hashes)
    if bundle.chain.hashes[:count] != other.chain.hashes:
        raise Refuted("the entries of the earlier export are not the first ones of the later")
    if bisect_left(bundle.chain.positions, other.checkpoint.size) != count:
        raise Refuted(f"the earlier export hid entry {count + 1}, which stood in the log already")
    if not listed(bundle, other.checkpoint):
        if len(bundle.earlier) >= MOST_EARLIER:
            raise Unreadable(
                f"nothing to compare: the earlier export is older than the {MOST_EARLIER} that are listed. "
                f"Download the later one again with ?earlier={other.checkpoint.size} behind its address"
            )
        raise Refuted("the later export does not list the earlier one's checkpoint")
    return f"continues the earlier export of {count} entries"


def listed(bundle: Bundle, checkpoint: Checkpoint) -> bool:
    """Tell whether the bundle proves to continue a log of this size; it must be the same log then."""
    same = [each for each in (bundle.checkpoint, *bundle.earlier) if each.size == checkpoint.size]
    if any((each.root, each.map) != (checkpoint.root, checkpoint.map) for each in same):
        raise Refuted("split view: two checkpoints of the same size differ")
    return bool(same)


# The report ---------------------------------------------------------------------------------


def report(bundle: Bundle) -> Iterator[str]:
    """Yield what the bundle proves, line by line."""
    checkpoint, chain, count = bundle.checkpoint, bundle.chain, len(bundle.chain.hashes)
    yield f"tenant      {bundle.tenant}"
    yield f"checkpoint  {checkpoint.name}, {checkpoint.size} entries of all tenants, {moment(checkpoint.time)}"
    yield f"root        {checkpoint.root.hex()}"
    yield f"signature   valid, by the key {base64.b64encode(bundle.key).decode()}"
    yield f"entries     {f'1 to {count}, no gap' if count else 'none'}"
    yield f"inclusion   {count} of {count} stand in the tree"
    yield "map         the chain ends here" if count else "map         the tenant has no chain"
    yield f"earlier     continues {len(bundle.earlier)} checkpoints of former exports"
    types = Counter(body["type"] for body in chain.bodies)
    yield "opened      " + (times(types["opening"]) if types["opening"] else never(chain))
    yield from openings(chain.bodies, "opening")
    yield "refused     " + (times(types["refusal"]) if types["refusal"] else never(chain))
    yield from openings(chain.bodies, "refusal")
    yield "others      " + ", ".join(f"{types[kind]} {kind}" for kind in BODIES if kind not in ("opening", "refusal"))
    yield f"erased      {chain.erased} entries no longer have a body"
    yield from unopened(bundle)


def openings(bodies: list[dict[str, Any]], kind: str) -> Iterator[str]:
    groups = Counter(
        (field, *map(body.get, WHY))
        for body in bodies
        if body["type"] == kind
        for field in body["fields"] or ["no field named"]
    )
    for (field, *why), count in sorted(groups.items(), key=str):
        words = zip(WHY.values(), why, strict=True)
        yield f"  {count} × {field} " + " ".join(f"{word} {value}" for word, value in words if value is not None)


def unopened(bundle: Bundle) -> Iterator[str]:
    bodies = [body for body in bundle.chain.bodies if body["type"] == "opening"]
    seen = {(body["purpose"], field) for body in bodies for field in body["fields"]}
    used = {body["purpose"] for body in bodies}  # the table of purposes is not signed: it may name other fields
    for purpose, fields in bundle.purposes.items():
        missing = [field for field in fields if (purpose, field) not in seen]
        if missing:
            what = ", ".join(missing) if purpose in used else "anything"
            yield f"  {never(bundle.chain)}: {what} for {purpose}"


def never(chain: Chain) -> str:
    """Say that something isn't there; what was erased can't be spoken for."""
    return "not in the entries that still have a body" if chain.erased else "never"


def times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def moment(seconds: int) -> str:
    try:
        return f"{datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds):%Y-%m-%d %H:%M:%S} UTC"
    except OverflowError:
        return f"{seconds} seconds after 1970"


def show(line: str) -> None:
    """Print a line; what the terminal can't show, or would obey, is replaced."""
    encoding = sys.stdout.encoding or "utf-8"
    print("".join(each if each.isprintable() else "?" for each in line).encode(encoding, "replace").decode(encoding))


def key_argument(text: str) -> bytes:
    try:
        return unbase64(text, 32)
    except (ValueError, Unreadable):
        raise argparse.ArgumentTypeError("the key is the base64 of 32 bytes") from None


def arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle")
    parser.add_argument("earlier", nargs="?")
    parser.add_argument("--key", type=key_argument)
    return parser.parse_args(argv)


def main(argv: list[str]) -> int:
    options = arguments(argv)
    try:
        bundle = verify_bundle(load(options.bundle), options.key)
        lines = list(report(bundle))
        if options.earlier:
            lines.append("compared    " + compare(bundle, verify_bundle(load(options.earlier), options.key)))
    except Refuted as reason:
        show(f"REFUTED: {reason}.")
        return 1
    except (Unreadable, OSError, ValueError, RecursionError, MemoryError) as reason:
        show(f"UNREADABLE: {str(reason) or type(reason).__name__}.")
        return 2
    show("VERIFIED")
    for line in lines:
        show(line)
    return 0


if __name__ == "__main__":
    gc.disable()  # a long chain is many small objects, and they live to the end
    try:
        code = main(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:  # somebody reads only the first lines; no traceback, and no word of success either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 2
    sys.exit(code)
