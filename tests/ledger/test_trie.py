"""The map of tenants: one root for the same chains, and a proof for each tenant, there or not."""

import hashlib
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.trie import Proof, Trie, key_of
from tests.support.ledger import load_verifier

verifier: Any = load_verifier()
HEAD = bytes(range(32))
heads = st.dictionaries(st.integers(0, 400).map(lambda n: UUID(int=n)), st.integers(1, 9), max_size=40)


def naive_root(ends: list[tuple[str, bytes]], depth: int = 0) -> bytes:
    """The definition in docs/ledger.md, on keys as strings of bits."""
    if not ends:
        return bytes(32)
    if len(ends) == 1:
        key, value = ends[0]
        return hashlib.sha256(b"\2" + int(key, 2).to_bytes(32, "big") + value).digest()
    sides = ([end for end in ends if end[0][depth] == side] for side in "01")
    return hashlib.sha256(b"\3" + b"".join(naive_root(side, depth + 1) for side in sides)).digest()


def bits(tenant: UUID) -> str:
    return f"{int.from_bytes(key_of(tenant), 'big'):0256b}"


def value(sequence: int) -> bytes:
    return hashlib.sha256(sequence.to_bytes(8, "big") + HEAD).digest()


def proved_root(tenant: UUID, sequence: int, proof: Proof) -> bytes:
    other = proof.other and {"key": proof.other.key.hex(), "value": proof.other.value.hex()}
    chain = verifier.Chain([], [HEAD] * sequence, [], 0)
    raw = {"siblings": [each.hex() for each in proof.siblings], "other": other}
    root: bytes = verifier.mapped_root(tenant, chain, raw)
    return root


@settings(max_examples=60, deadline=None)
@given(heads, st.randoms())
def test_the_root_is_the_documented_one_in_whatever_order_chains_grew(chains: dict[UUID, int], random: Any) -> None:
    grown = [(tenant, number) for tenant, count in chains.items() for number in range(1, count + 1)]
    order = sorted(grown, key=lambda each: (each[1], random.random()))
    trie = Trie()
    for tenant, number in order:
        trie.put(tenant, number, HEAD)
        if random.random() < 0.2:
            trie.root()  # what was hashed already must not stay
    assert trie.root() == naive_root([(bits(tenant), value(count)) for tenant, count in chains.items()])


@settings(max_examples=60, deadline=None)
@given(heads, st.integers(0, 400).map(lambda n: UUID(int=n)))
def test_every_tenant_is_proved_there_or_absent(chains: dict[UUID, int], tenant: UUID) -> None:
    trie = Trie((each, count, HEAD) for each, count in chains.items())
    for each in {*chains, tenant}:
        assert proved_root(each, chains.get(each, 0), trie.prove(each)) == trie.root()


@settings(max_examples=30, deadline=None)
@given(heads.filter(bool))
def test_a_chain_cut_or_lengthened_is_not_proved(chains: dict[UUID, int]) -> None:
    trie = Trie((each, count, HEAD) for each, count in chains.items())
    for tenant, count in chains.items():
        assert proved_root(tenant, count + 1, trie.prove(tenant)) != trie.root()
        assert proved_root(tenant, count - 1, trie.prove(tenant)) != trie.root()
