"""Progress: a bar where somebody watches, few lines in a log."""

from io import StringIO

from django.core.management.base import OutputWrapper

from vault.rotation import Bar


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_one_line_that_grows() -> None:
    screen = Terminal()
    bar = Bar(OutputWrapper(screen))
    bar("accounts.User", 1200, 12000)
    bar("accounts.User", 12000, 12000)
    first, last = screen.getvalue().removeprefix("\r").split("\r")
    assert first == "accounts.User [###                           ] 1,200/12,000"
    assert last == f"accounts.User [{'#' * 30}] 12,000/12,000\n"


def test_a_log_gets_a_line_a_tenth() -> None:
    log = StringIO()
    bar = Bar(OutputWrapper(log))
    for done in range(1, 1001):
        bar("accounts.User", done, 1000)
    assert len(log.getvalue().splitlines()) == 11
    assert log.getvalue().endswith("accounts.User 1,000/1,000\n")
