"""Searching the sealed directory of a large organization: query, durable leaf, opening, decoding, matching."""

from collections.abc import Callable, Iterator
from itertools import product
from uuid import uuid4

from bench.bar import Bar
from bench.isolated import isolated
from bench.keeper import unsealer_process
from bench.rounds import medians

MEMBERS = 10_000
FIRST = ("Zoë", "Mira", "Otto", "Olivia", "Jürgen", "Nguyễn", "Amélie", "Sam", "Jordan", "李")
LAST = ("Owner", "Member", "Outside", "Müller", "García", "Smith", "Johnson", "Åkesson", "Nowak", "Tanaka")
ROUNDS = 61


def bars() -> Iterator[Bar]:
    with isolated() as folder:
        search = _search()
        inside = medians({"search": search}, rounds=ROUNDS)["search"] / 1000
        with unsealer_process(folder):
            outside = medians({"search": search}, rounds=ROUNDS)["search"] / 1000
        yield Bar(f"search {MEMBERS} members through the unsealer's socket, leaf included", outside, "ms", 10)
        yield Bar(f"search {MEMBERS} members with the unsealer in process, leaf included", inside, "ms", 10)


def _search() -> Callable[[], object]:
    """Return a search through all entries for somebody at the end of them."""
    from accounts import directory
    from accounts.entries import Contact, Entry, pack
    from accounts.models import Directory, Organization
    from ledger.actor import Actor

    organization = Organization.objects.create(name="Large", slug="large")
    names = [f"{first} {last} {n}" for n, (first, last) in zip(range(MEMBERS), _people(), strict=True)]
    contacts = [Contact(name, f"person.{n}@large.example.com") for n, name in enumerate(names)]
    entries = pack(Entry.of(uuid4(), contact) for contact in contacts)
    Directory.objects.create(organization=organization, entries=entries)
    wanted = names[-1]

    def search() -> object:
        found = directory.search(Actor.operator(), organization=organization, text=wanted)
        assert [entry.name for entry in found] == [wanted]
        return found

    return search


def _people() -> Iterator[tuple[str, ...]]:
    pairs = list(product(FIRST, LAST))
    for _ in range(MEMBERS // len(pairs)):
        yield from pairs
