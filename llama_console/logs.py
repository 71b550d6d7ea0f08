"""Log lines: one event, one line. Control characters are escaped, so that no input can forge a line."""

import logging
import re
from datetime import UTC, datetime

# The token of a link in an email is a secret; Django logs the paths of refused requests.
_LINKS = "verify|contacts|invitations|reset|account/(?:email|export|report)|deletions|unsubscribe"
_TOKEN = re.compile(rf"/({_LINKS})/[A-Za-z0-9_:-]{{20,}}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class LineFormatter(logging.Formatter):
    """time level logger message, and for an exception where it happened: its class and place, never its values."""

    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        message = _TOKEN.sub(r"/\1/…", _CONTROL.sub(_escape, record.getMessage()))
        line = f"{time} {record.levelname} {record.name} {message}"
        return f"{line} [{_where(record)}]" if record.exc_info and record.exc_info[0] else line


def _escape(match: re.Match[str]) -> str:
    return f"\\x{ord(match.group()):02x}"


def _where(record: logging.LogRecord) -> str:
    kind, _, trace = record.exc_info or (None, None, None)
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    name = kind.__name__ if kind else "Exception"
    return f"{name} at {trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else name
