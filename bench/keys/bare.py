"""The bare server: reads the body, verifies nothing, answers. RSGI, the least that granian asks of a program."""

from typing import Any

_ANSWER = b'{"valid":true,"key_id":"0197f2a0-0000-7000-8000-000000000000","project":"bench","organization":"bench"}'
_HEADERS = [("content-type", "application/json")]


async def application(_scope: Any, protocol: Any) -> None:
    await protocol()
    protocol.response_bytes(200, _HEADERS, _ANSWER)
