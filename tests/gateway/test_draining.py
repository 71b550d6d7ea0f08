"""SIGTERM to a real process: no whole answer is lost, streams get their time, and everything is on its account."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.gateway.conftest import NO_TLS, answers
from tests.gateway.fakes import MEMBER_KEY, bearer, eventually, question
from tests.gateway.upstream import USAGE, Exchange, FaultyUpstream, chunk, completion, usage_chunk
from tests.support.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
PATH = "/compat/v1/chat/completions"


async def slowly(exchange: Exchange) -> None:
    """Take 0.8 seconds for a whole answer; stream as many words as the prompt says, ten a second."""
    if not exchange.body["stream"]:
        await asyncio.sleep(0.8)
        await exchange.json(completion(usage=USAGE))
        return
    await exchange.start_stream()
    for _ in range(int(exchange.body["messages"][0]["content"])):
        await exchange.event(chunk("word "))
        await asyncio.sleep(0.1)
    await exchange.event(chunk(finish="stop"))
    await exchange.event(usage_chunk())
    await exchange.end_stream()


@pytest.fixture
def upstream() -> Iterator[FaultyUpstream]:
    loop, server = asyncio.new_event_loop(), FaultyUpstream()
    loop.run_until_complete(server.start())
    server.behaviour = slowly
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    yield server
    asyncio.run_coroutine_threadsafe(server.stop(), loop).result(5)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)


@pytest.mark.parametrize("client", ["own", "aiohttp"])
def test_calls_in_flight_end_well_and_streams_get_their_time(
    upstream: FaultyUpstream, tmp_path: Path, client: str
) -> None:
    port = free_port()
    environment = {
        **os.environ, "DRAINED_FOLDER": str(tmp_path), "DRAINED_CLIENT": client,
        "DRAINED_UPSTREAM": f"http://127.0.0.1:{upstream.port}/v1", "DJANGO_SETTINGS_MODULE": "llama_console.settings",
    }  # fmt: skip
    command = [sys.executable, "-m", "granian", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    options = ["--interface", "rsgi", "--loop", "uvloop", "--no-access-log", "--workers-kill-timeout", "20"]
    granian = subprocess.Popen([*command, *options, "tests.gateway.drained:application"], cwd=ROOT, env=environment)
    try:
        eventually(lambda: answers(port), 20)

        def ask(words: int | None) -> tuple[int, str]:
            asked = question() if words is None else question(stream=True)
            asked["messages"] = [{"role": "user", "content": str(words)}]
            url = f"http://127.0.0.1:{port}{PATH}"
            answer = httpx.post(url, json=asked, headers=bearer(MEMBER_KEY), timeout=20, verify=NO_TLS)
            return answer.status_code, answer.text

        with ThreadPoolExecutor(40) as pool:
            whole = [pool.submit(ask, None) for _ in range(20)]
            short, long = ([pool.submit(ask, words) for _ in range(3)] for words in (10, 200))
            eventually(lambda: len(upstream.requests) == 26)
            began = time.monotonic()
            granian.send_signal(signal.SIGTERM)
            assert [each.result()[0] for each in whole] == [200] * 20
            assert all("[DONE]" in each.result()[1] for each in short)
            for each in long:
                status, text = each.result()
                assert status == 200
                assert "[DONE]" not in text
                assert '"code":"shutting_down"' in text.split("\n\n")[-2]
        assert granian.wait(10) == 0
        assert 1.4 < time.monotonic() - began < 8
    finally:
        granian.kill()
        granian.wait()
    counts: Counter[tuple[str, str]] = Counter()
    for line in (tmp_path / "calls").read_text().splitlines():
        status, outcome, tokens = line.split()
        counts[status, outcome] += 1
        assert int(tokens) > 0
    assert counts == {("200", "completed"): 23, ("503", "failed"): 3}
