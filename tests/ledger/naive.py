"""RFC 6962, section 2.1, as it is written there: the trees and proofs that the quick ones are compared with."""

import hashlib


def split(count: int) -> int:
    power = 1
    while power * 2 < count:
        power *= 2
    return power


def leaf(data: bytes) -> bytes:
    return hashlib.sha256(b"\0" + data).digest()


def mth(leaves: list[bytes]) -> bytes:
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    middle = split(len(leaves))
    return hashlib.sha256(b"\1" + mth(leaves[:middle]) + mth(leaves[middle:])).digest()


def path(position: int, leaves: list[bytes]) -> list[bytes]:
    """The audit path of one leaf, from the root down and left before right, as a walk finds it."""
    if len(leaves) == 1:
        return []
    middle = split(len(leaves))
    if position < middle:
        return [*path(position, leaves[:middle]), mth(leaves[middle:])]
    return [mth(leaves[:middle]), *path(position - middle, leaves[middle:])]


def subproof(old: int, leaves: list[bytes], complete: bool = True) -> list[bytes]:
    if old == len(leaves):
        return [] if complete else [mth(leaves)]
    middle = split(len(leaves))
    if old <= middle:
        return [*subproof(old, leaves[:middle], complete), mth(leaves[middle:])]
    return [*subproof(old - middle, leaves[middle:], False), mth(leaves[:middle])]
