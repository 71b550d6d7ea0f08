"""One model server of a pool: its client, how busy it is, and whether it is fit to be asked."""

import time
from collections.abc import Callable

from catalog.upstreams import ModelServer
from gateway.errors import UpstreamError
from gateway.upstream.boundary import Client, Received
from gateway.upstream.circuit import Circuit

_LONGEST_REST = 60.0  # seconds; a server that asks for more is asked again all the same
# What tells that the server is in trouble. A refusal, a limit and a plain 500 are answers, and a caller may cause them.
_TROUBLE = {"timeout", "unreachable", "invalid_answer", "overloaded"}


class Member:
    """Counts what runs at a server, and follows its failures and its wishes for a rest."""

    def __init__(self, server: ModelServer, client: Client, clock: Callable[[], float] = time.monotonic) -> None:
        self.server = server
        self.client = client
        self.circuit = Circuit(clock)
        self.busy = 0
        self.turn = 0  # when it was chosen last: equals take turns
        self._clock = clock
        self._rests_until = 0.0

    @property
    def rest(self) -> float:
        """Seconds for which the server asked not to be asked."""
        return max(0.0, self._rests_until - self._clock())

    def fit(self) -> bool:
        """Tell whether a request may go there now."""
        return self.circuit.lets_through() and self._clock() >= self._rests_until

    def send_away(self, seconds: int) -> None:
        """The server answered with Retry-After."""
        self._rests_until = self._clock() + min(float(seconds), _LONGEST_REST)


class Exchange:
    """One request at a member, from its sending to its end, whichever way that comes."""

    __slots__ = ("_member", "_over", "_received", "_trying")

    def __init__(self, member: Member) -> None:
        self._member = member
        self._trying = member.circuit.begin()
        self._over = False
        self._received: Received | None = None
        member.busy += 1

    @property
    def received(self) -> Received:
        """The answer, once its head is there."""
        if self._received is None:
            raise RuntimeError("nothing was received")
        return self._received

    def take(self, received: Received) -> None:
        """An answer begins, whatever it says."""
        self._received = received

    def answered(self) -> None:
        """The answer is one that was asked for."""
        if self._trying:
            self._trying = False
            self._member.circuit.succeeded()

    def end(self, error: BaseException | None = None) -> None:
        """Close the exchange; only its first end counts. `error`: what ended it too early."""
        if self._over:
            return
        self._over = True
        self._member.busy -= 1
        if self._received is not None:
            self._received.close()
        circuit = self._member.circuit
        if error is None:
            circuit.succeeded()
        elif isinstance(error, UpstreamError) and error.code in _TROUBLE:
            circuit.failed(trying=self._trying)
        else:
            circuit.undecided(trying=self._trying)
