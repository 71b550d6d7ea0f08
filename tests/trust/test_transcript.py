"""What the page says the verifier prints is what the verifier prints."""

from datetime import UTC, datetime

from ledger.ids import new_id
from trust import verifier
from trust.checkpoint import Signed, State
from trust.transcript import ELLIPSIS, VERDICT, expected


def test_every_line_is_one_of_the_verifier() -> None:
    source = verifier.FILE.read_text()
    signed = Signed(State.FRESH, datetime(2026, 11, 24, tzinfo=UTC), 9, "ab" * 32, "console.test/ledger", 7)
    lines = [line for line in expected(new_id(), signed) if line not in (VERDICT, ELLIPSIS)]
    for label in {line[:12] for line in lines}:
        assert f'"{label}' in source
    for words in (
        "entries of all tenants",
        "valid, by the key",
        ", no gap",
        "stand in the tree",
        "the chain ends here",
    ):
        assert words in source
        assert any(words in line for line in lines)
    assert source.index(f'show("{VERDICT}")') < source.index("show(line)")
