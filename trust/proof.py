"""The proof bundle of a tenant: the one JSON object of docs/ledger.md, up to a checkpoint signed just now.

An address may be fetched over and over: bundles by it share the checkpoint of a few seconds, so that nobody floods the
list of checkpoints, or of a tenant's exports.
"""

import tempfile
from collections.abc import Iterator
from typing import TextIO, cast
from uuid import UUID

from ledger.bundle import write_bundle
from ledger.models import Checkpoint
from vault.events import record_pending
from vault.purposes import fields_by_purpose
from vault.unsealer import unsealer

_PIECE = 64 * 1024  # characters
_SHARED = 10  # seconds
_IN_MEMORY = 8 * 1024 * 1024  # characters; a longer bundle waits in a file without a name


def bundle_for(tenant: UUID, *, earlier: int | None = None) -> Iterator[bytes]:
    """Return the bundle's bytes, piece by piece. What can fail has failed before the first piece.

    It may lack what was recorded in the last ten seconds.
    """
    file = tempfile.SpooledTemporaryFile(_IN_MEMORY, "w+", encoding="utf-8")  # noqa: SIM115  read while it is sent
    write_proof(cast(TextIO, file), tenant, earlier=earlier, within=_SHARED)
    file.seek(0)
    return _pieces(file)


def write_proof(stream: TextIO, tenant: UUID, *, earlier: int | None = None, within: int = 0) -> None:
    """Write the bundle of what is recorded by now, events that waited for their leaf included.

    A checkpoint younger than `within` seconds serves. The former export of the log's size `earlier` is listed for sure.
    """
    record_pending()
    checkpoint = Checkpoint.objects.get(pk=unsealer().sign_checkpoint(within=within))
    write_bundle(stream, tenant, unsealer().public_key(), checkpoint, fields_by_purpose(), earlier=earlier)


def _pieces(file: "tempfile.SpooledTemporaryFile[str]") -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece.encode()
