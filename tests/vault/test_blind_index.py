"""The form in which two spellings of one mailbox are equal, and what an invited address is found by."""

import hashlib

from ledger.ids import new_id
from vault.blind_index import email_index, invited_index, normalise_email

KEY = bytes(range(32))


def test_the_domain_begins_at_the_last_at_sign() -> None:
    assert normalise_email('"Zoë@Home"@BÜCHER.example') == '"zoë@home"@xn--bcher-kva.example'


def test_what_no_domain_shows_makes_no_other_mailbox() -> None:
    assert normalise_email("zoe@exam\u00adple.com") == "zoe@example.com"  # a soft hyphen


def test_an_invited_address_is_found_in_its_organization_alone_and_by_no_index_of_sign_in() -> None:
    organization, address = new_id(), "Zoë@BÜCHER.example"
    index = invited_index(KEY, organization, address)
    assert index == invited_index(KEY, organization, "zoë@xn--bcher-kva.example")
    others = [(KEY, new_id(), address), (bytes(32), organization, address), (KEY, organization, "zoe@example.com")]
    assert len({index, email_index(KEY, address), *(invited_index(*other) for other in others)}) == 5


def test_the_index_of_an_invited_address_is_the_keyed_hash_that_is_stored() -> None:
    organization = new_id()
    hashing = hashlib.blake2b(digest_size=16, key=KEY, salt=organization.bytes, person=b"invited email")
    hashing.update(b"zoe@example.com")
    assert invited_index(KEY, organization, "Zoe@example.com") == hashing.digest()
