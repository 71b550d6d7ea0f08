"""A DNS server on this machine, with the TXT records that a test gives it."""

from collections.abc import Iterator
from contextlib import contextmanager

from dnslib import QTYPE, RCODE, RR, TXT, DNSRecord
from dnslib.server import BaseResolver, DNSServer


class Records(BaseResolver):
    """`txt` by name; while it is `away` nobody is answered."""

    def __init__(self) -> None:
        self.txt: dict[str, list[str]] = {}
        self.is_away, self.port = False, 0

    def resolve(self, request: DNSRecord, handler: object) -> DNSRecord:
        reply = request.reply()
        if self.is_away:
            reply.header.rcode = RCODE.SERVFAIL
            return reply
        name = str(request.q.qname).rstrip(".")
        for text in self.txt.get(name, []):
            # As long values are stored: in pieces.
            reply.add_answer(RR(request.q.qname, QTYPE.TXT, rdata=TXT([text[:20].encode(), text[20:].encode()])))
        if name not in self.txt:
            reply.header.rcode = RCODE.NXDOMAIN
        return reply


@contextmanager
def serving() -> Iterator[Records]:
    records = Records()
    server = DNSServer(records, address="127.0.0.1", port=0, logger=_Silent())
    records.port = server.server.server_address[1]
    server.start_thread()
    yield records
    server.stop()
    server.server.server_close()


class _Silent:
    def __getattr__(self, name: str) -> object:
        return lambda *args: None
