"""The form in which two spellings of one mailbox are equal."""

from vault.blind_index import normalise_email


def test_the_domain_begins_at_the_last_at_sign() -> None:
    assert normalise_email('"Zoë@Home"@BÜCHER.example') == '"zoë@home"@xn--bcher-kva.example'


def test_what_no_domain_shows_makes_no_other_mailbox() -> None:
    assert normalise_email("zoe@exam\u00adple.com") == "zoe@example.com"  # a soft hyphen
