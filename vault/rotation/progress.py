"""How far a rotation came: a bar on a terminal, plain lines elsewhere."""

from collections.abc import Callable

from django.core.management.base import OutputWrapper

Progress = Callable[[str, int, int], None]  # what, how many are done, how many there are
_WIDTH = 30


class Bar:
    """Writes progress to a stream. Plain lines come at each tenth, so that a log stays short."""

    def __init__(self, stream: OutputWrapper) -> None:
        self._stream, self._is_terminal = stream, stream.isatty()
        self._last: tuple[str, int] | None = None

    def __call__(self, what: str, done: int, total: int) -> None:
        tenth = 10 * done // total
        if self._is_terminal:
            filled = _WIDTH * done // total
            end = "\n" if done >= total else ""
            self._stream.write(f"\r{what} [{'#' * filled:<{_WIDTH}}] {done:,}/{total:,}{end}", ending="")
        elif self._last != (what, tenth):
            self._stream.write(f"{what} {done:,}/{total:,}")
        self._last = what, tenth
        self._stream.flush()
