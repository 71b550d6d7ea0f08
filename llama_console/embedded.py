"""The embedded broker: kombu's, which keeps messages as files, made safe for several processes.

Kombu creates a file and then fills it, and a worker that reads in between dies of it. Here a message appears whole
under its name, and one process at a time has the files that say where messages go.
"""

import fcntl
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kombu.transport import filesystem
from kombu.utils.json import dumps

TRANSPORT = f"{__name__}:Transport"


class Channel(filesystem.Channel):  # type: ignore[misc]
    def _put(self, queue: str, payload: Any, **_: Any) -> None:
        draft = Path(self.data_folder_out, f"{round(time.monotonic() * 1000)}_{uuid.uuid4()}.{queue}.draft")
        draft.write_text(dumps(payload))
        draft.replace(draft.with_suffix(".msg"))

    def get_table(self, exchange: str) -> Any:
        with self._alone():
            return super().get_table(exchange)

    def _queue_bind(self, *binding: Any) -> None:
        with self._alone():
            super()._queue_bind(*binding)

    def _delete(self, *binding: Any, **more: Any) -> None:
        with self._alone():
            super()._delete(*binding, **more)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with Path(self.control_folder, "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


class Transport(filesystem.Transport):  # type: ignore[misc]
    Channel = Channel
