"""What the verifier prints for this tenant at the newest checkpoint, as far as the page knows it; `…` is the rest.

The wording is that of ledger/verifier/verify_ledger.py, and a test compares them.
"""

from uuid import UUID

from trust.checkpoint import Signed

VERDICT, ELLIPSIS = "VERIFIED", "…"


def expected(tenant: UUID, signed: Signed) -> list[str]:
    """Return the lines, the verdict first."""
    time = f"{signed.at:%Y-%m-%d %H:%M:%S} UTC"
    return [
        VERDICT,
        f"tenant      {tenant}",
        f"checkpoint  {signed.signer}, {signed.size} entries of all tenants, {time}",
        f"root        {signed.root}",
        f"signature   valid, by the key {ELLIPSIS}",
        f"entries     1 to {signed.covered}, no gap",
        f"inclusion   {signed.covered} of {signed.covered} stand in the tree",
        "map         the chain ends here",
        ELLIPSIS,
    ]
