"""The embedded broker between processes: no message is read before it is whole, and no binding is lost or torn."""

import subprocess
import sys
from pathlib import Path

from tests.notifications.faults.station import ROOT, console

_TALK = """
import sys
from kombu import Connection, Exchange, Queue
from llama_console.brokers import prepare_folders, transport_options
from llama_console.embedded import TRANSPORT
from pathlib import Path

options = transport_options("filesystem://", Path(sys.argv[1]))
prepare_folders(options)
name, count = sys.argv[2], int(sys.argv[3])
with Connection("filesystem://", transport=TRANSPORT, transport_options=options) as connection:
    for key in (f"{name}.{n}" for n in range(20)):
        Queue(key, Exchange("many", type="direct"), routing_key=key)(connection.default_channel).declare()
    queue = connection.SimpleQueue("shared")
    for n in range(count):
        queue.put({"text": "x" * 10_000})
        queue.get(timeout=30).ack()
    print(len(connection.default_channel.get_table("many")))
"""


def test_processes_that_start_and_talk_at_once_do_not_trip_over_each_other(tmp_path: Path) -> None:
    talkers = [
        subprocess.Popen(
            [sys.executable, "-c", _TALK, str(tmp_path), f"talker{n}", "200"],
            cwd=ROOT, env=console(tmp_path), stdout=subprocess.PIPE, text=True,
        )
        for n in range(4)
    ]  # fmt: skip
    bound = [int(talker.communicate(timeout=120)[0]) for talker in talkers]
    assert max(bound) == 80
