"""Roots and proofs of the tree: as RFC 6962 writes them, and refused with any hash changed."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger import tree
from tests.ledger import naive
from tests.support.ledger import load_verifier

verifier: Any = load_verifier()
VECTORS = json.loads(Path(__file__).with_name("rfc6962.json").read_text())
SMALL = 18


def leaves(count: int) -> list[bytes]:
    return [naive.leaf(bytes([n % 256, n >> 8])) for n in range(count)]


def source(hashes: list[bytes]) -> tree.Source:
    def look_up(pieces: Sequence[tree.Range]) -> Iterable[bytes]:
        assert all((end - start).bit_count() == 1 and start % (end - start) == 0 for start, end in pieces)
        return [naive.mth(hashes[start:end]) for start, end in pieces]

    return look_up


def included(size: int, positions: list[int], hashes: list[bytes], proof: list[bytes]) -> bytes | None:
    chain, rest = verifier.Chain(positions, hashes, [], 0), iter(proof)
    root: bytes = verifier.included_root(size, chain, rest)
    return root if next(rest, None) is None else None


def consistent(old: int, size: int, roots: tuple[bytes, bytes], proof: list[bytes]) -> bool:
    notes = [
        verifier.Checkpoint("log", count, root, bytes(32), 0) for count, root in zip((old, size), roots, strict=True)
    ]
    try:
        verifier.verify_consistency(*notes, proof)
    except verifier.Refuted:
        return False
    return True


def flipped(proof: list[bytes]) -> Iterable[list[bytes]]:
    for index, value in enumerate(proof):
        yield [*proof[:index], bytes([value[0] ^ 1]) + value[1:], *proof[index + 1 :]]


def test_the_roots_are_those_of_the_known_answer_vectors() -> None:
    hashes = [naive.leaf(bytes.fromhex(each)) for each in VECTORS["leaves"]]
    frontier = tree.Frontier()
    for count, expected in enumerate(VECTORS["roots"], start=1):
        list(frontier.append(hashes[count - 1]))
        assert tree.root(source(hashes), count).hex() == naive.mth(hashes[:count]).hex() == expected
        assert frontier.root().hex() == expected


def test_the_root_of_no_leaves_is_the_hash_of_nothing() -> None:
    assert tree.root(source([]), 0) == tree.Frontier().root() == naive.mth([])


@pytest.mark.parametrize("size", range(1, SMALL))
def test_each_leaf_is_proved_and_no_changed_proof_is_taken(size: int) -> None:
    hashes = leaves(size)
    root = naive.mth(hashes)
    for position in range(size):
        proof = tree.hashes(source(hashes), list(tree.inclusion(size, [position])))
        assert proof == naive.path(position, hashes)
        assert included(size, [position], [hashes[position]], proof) == root
        for other in flipped(proof):
            assert included(size, [position], [hashes[position]], other) != root
        assert included(size, [position], [hashes[position]], [*proof, root]) is None
        if proof:
            with pytest.raises(verifier.Refuted):
                included(size, [position], [hashes[position]], proof[:-1])


@pytest.mark.parametrize("size", range(1, SMALL))
def test_each_earlier_size_is_continued_and_no_changed_proof_is_taken(size: int) -> None:
    hashes = leaves(size)
    for old in range(size + 1):
        proof = tree.hashes(source(hashes), tree.consistency(old, size))
        assert proof == (naive.subproof(old, hashes) if old else [])
        roots = naive.mth(hashes[:old]), naive.mth(hashes)
        if old:
            assert consistent(old, size, roots, proof)
            assert not consistent(old, size, (naive.mth(leaves(old + 1)[1:]), roots[1]), proof)
        for other in [*flipped(proof), [*proof, bytes(32)], *([proof[:-1]] if proof else [])]:
            assert not consistent(old, size, roots, other)


def test_an_empty_log_is_continued_by_any_and_needs_no_proof() -> None:
    roots = naive.mth([]), naive.mth(leaves(3))
    assert consistent(0, 3, roots, [])
    assert not consistent(0, 3, (bytes(32), roots[1]), [])
    assert not consistent(3, 2, roots, [])


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_set_of_leaves_is_proved_at_once(data: st.DataObject) -> None:
    size = data.draw(st.integers(0, 300))
    positions = sorted(data.draw(st.sets(st.integers(0, size - 1)) if size else st.just(set())))
    hashes = leaves(size)
    proof = tree.hashes(source(hashes), list(tree.inclusion(size, positions)))
    assert included(size, positions, [hashes[each] for each in positions], proof) == naive.mth(hashes)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 600), st.integers(0, 600))
def test_any_earlier_tree_is_proved_to_be_continued(old: int, more: int) -> None:
    hashes = leaves(old + more)
    proof = tree.hashes(source(hashes), tree.consistency(old, old + more))
    assert consistent(old, old + more, (naive.mth(hashes[:old]), naive.mth(hashes)), proof)
