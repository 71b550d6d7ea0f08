"""What other gateways ask and tell under /control/v1: a small program within the gateway's own."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

import django.db
import msgspec

from gateway import headers
from gateway.addresses import Addresses
from gateway.auth import presented_secret
from gateway.blocked import Blocked
from gateway.control import asked, events, problems
from gateway.control.credentials import REPORT, VERIFY, Credentials
from gateway.control.intake import Intake, NotDurable, Receipt
from gateway.control.memory import Changes
from gateway.control.reservations import Reservations
from gateway.control.rooms import ControlRooms
from gateway.control.verdict import Verdict
from gateway.control.verdicts import Verdicts
from gateway.errors import GatewayError, MethodNotAllowed, place_of, unavailable, unexpected
from gateway.http import BODY_PATIENCE, ClientGone, Header, Reply, Request
from gateway.limits.demand import Limiter
from gateway.models import Models
from gateway.patience import Patience
from gateway.purses import Purses
from gateway.writer import Writer
from ledger.ids import new_id
from vault.errors import VaultError

if TYPE_CHECKING:
    from keys.control.credentials import Credential

log = logging.getLogger(__name__)

PREFIX = "/control/"
_VERIFY, _REPORT, _ADMIT = "/control/v1/keys/verify", "/control/v1/usage/events", "/control/v1/auth"
_MOST_ASKED = 128 * 1024  # bytes
_MOST_REPORTED = 4 * 1024 * 1024

Answer = Callable[[Request, Reply], Awaitable[None]]


class Control:
    """Serves other gateways. Everything outside comes in through the constructor."""

    def __init__(
        self,
        *,
        rooms: ControlRooms,
        models: Models,
        writer: Writer,
        addresses: Addresses,
        limiter: Limiter,
        purses: Purses,
        blocked: Blocked,
        max_completion: int,
        changes: Changes,
    ) -> None:
        self._rooms = rooms
        self._patience = Patience(BODY_PATIENCE)
        self._credentials = Credentials(rooms, addresses, changes)
        self._reservations = Reservations(limiter, purses, blocked)
        self._verdicts = Verdicts(
            rooms=rooms,
            models=models,
            blocked=blocked,
            reservations=self._reservations,
            max_completion=max_completion,
            changes=changes,
        )
        self._intake = Intake(rooms, writer, self._reservations)

    async def __call__(self, scope: Any, protocol: Any) -> None:
        request = Request(scope, protocol, self._patience)
        reply = Reply(protocol, request_id := new_id(), bodiless=request.method == "HEAD")
        try:
            await self._find(request)(request, reply)
        except ClientGone:
            return
        except GatewayError as error:
            _refuse(reply, error)
        except NotDurable:
            _refuse(reply, unavailable())
        except (django.db.Error, VaultError) as error:
            log.error("request %s: a room failed: %s", request_id, type(error).__name__)
            _refuse(reply, unavailable())
        except Exception as error:
            # The class and the place only: a message or a local variable may hold a key.
            log.error("request %s: unexpected %s at %s", request_id, type(error).__name__, place_of(error))
            _refuse(reply, unexpected())

    def start(self) -> None:
        """Begin, in the loop that serves."""
        self._reservations.start()

    async def stop(self) -> None:
        """Let go of the threads."""
        await self._reservations.stop()
        self._rooms.close()

    def _find(self, request: Request) -> Answer:
        path = request.path
        # Envoy appends the address that the customer asked for, with their method.
        if path == _ADMIT or path.startswith(f"{_ADMIT}/"):
            return self._admit
        answer = {_VERIFY: self._verify, _REPORT: self._report}.get(path)
        if answer is None:
            raise GatewayError(404, "not_found", "There is nothing at this address.")
        if request.method != "POST":
            raise MethodNotAllowed(("POST",))
        return answer

    async def _verify(self, request: Request, reply: Reply) -> None:
        credential = await self._require(request, VERIFY)
        body, organization_id = await request.body(_MOST_ASKED), credential.organization_id
        if answer := self._verdicts.recall(body, organization_id):
            reply.json(200, answer)
            return
        questions, batch = asked.read(body)
        if batch:
            verdicts = await self._verdicts.judge(questions, organization_id)
            answer = b'{"results":[%b]}' % b",".join([verdict.body for verdict in verdicts])
        else:
            answer = await self._verdicts.answer(questions[0], body, organization_id)
        reply.json(200, answer)

    async def _admit(self, request: Request, reply: Reply) -> None:
        """Answer a subrequest: the status says whether the customer's request may go on."""
        secret = request.header("x-control-key")
        # 407, never 401: the customer has done nothing wrong, and hears nothing of the gateway's own secret.
        credential = await self._credentials.require(
            presented_secret(f"Bearer {secret}" if secret else None), VERIFY, request, status=407
        )
        (verdict,) = await self._verdicts.judge([asked.of_headers(request)], credential.organization_id)
        if verdict.error is not None:
            status = 403 if verdict.error.status == 404 else verdict.error.status  # nobody asked for this address
            body = problems.body(verdict.error)
            more = [("x-refusal", verdict.error.code), *headers.of_error(verdict.error)]
            reply.json(status, body, *more, media_type=problems.MEDIA_TYPE)
        else:
            reply.json(200, b"{}", *_identity(verdict))

    async def _report(self, request: Request, reply: Reply) -> None:
        credential = await self._require(request, REPORT)
        kind = (request.header("content-type") or "").partition(";")[0].strip().lower()
        if kind not in {events.ONE, events.BATCH}:
            allowed = f"{events.ONE} or {events.BATCH}"
            raise GatewayError(415, "unsupported_media_type", f"Send CloudEvents as {allowed}.")
        raws = _split(await request.body(_MOST_REPORTED), batch=kind == events.BATCH)
        loop = asyncio.get_running_loop()
        receipt = await self._rooms.ask(lambda: self._intake.take(raws, credential.organization_id, loop))
        _tell(reply, raws, receipt)

    async def _require(self, request: Request, permission: str) -> "Credential":
        secret = presented_secret(request.header("authorization"))
        return await self._credentials.require(secret, permission, request, status=401)


def _refuse(reply: Reply, error: GatewayError) -> None:
    if not reply.started:
        reply.json(error.status, problems.body(error), *headers.of_error(error), media_type=problems.MEDIA_TYPE)


def _identity(verdict: Verdict) -> list[Header]:
    if verdict.known is None:
        return []
    caller = verdict.known.caller
    ids: dict[str, UUID] = {
        "x-organization": caller.organization_id, "x-project": caller.project_id, "x-key": caller.key_id,
    }  # fmt: skip
    return [(name, str(each)) for name, each in ids.items()]


def _split(body: bytes, *, batch: bool) -> Sequence[msgspec.Raw]:
    try:
        raws = events.split(body, batch=batch)
    except (ValueError, RecursionError):
        raise GatewayError(400, "invalid_json", "The body is not what its content type says.") from None
    if len(raws) > events.MOST:
        raise GatewayError(413, "too_many_events", f"A batch has at most {events.MOST} events.")
    return raws


def _tell(reply: Reply, raws: Sequence[msgspec.Raw], receipt: Receipt) -> None:
    """Answer 202 only where everything counts: who looks at the status alone must not lose what was refused."""
    counts = {"accepted": receipt.accepted, "duplicates": receipt.duplicates}
    if not receipt.refused:
        reply.json(202, msgspec.json.encode({**counts, "refused": []}))
        return
    refused = []
    for index, error in sorted(receipt.refused.items()):
        source, name = events.name_of(raws[index])
        refused.append({"index": index, "source": source, "id": name, "code": error.code, "detail": error.detail})
    problem = GatewayError(422, "events_refused", f"{len(refused)} of {len(raws)} events do not count; the others do.")
    reply.json(422, problems.body(problem, **counts, refused=refused), media_type=problems.MEDIA_TYPE)
