"""The failures of a connection, as both clients tell them."""

from gateway.errors import UpstreamError


def timed_out() -> UpstreamError:
    return UpstreamError("No byte within the time allowed.", "timeout", False)


def unreachable() -> UpstreamError:
    return UpstreamError("The connection failed.", "unreachable", False)


def stopping() -> UpstreamError:
    return UpstreamError("The gateway stops.", "stopping", False)


def no_sense() -> UpstreamError:
    return UpstreamError("The model server's answer makes no sense.", "invalid_answer", False)


def too_long() -> UpstreamError:
    return UpstreamError("The answer is too long.", "invalid_answer", False)
