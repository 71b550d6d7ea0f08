"""An identity provider and a DNS server to try single sign-on with: `python -m dev.identity --port 8010 --dns 8053`.

The provider is oidc-provider-mock: any client ID and secret, and whoever you type. The DNS server answers with the TXT
records of VAR_DIR/dns.txt, one a line: name, a space, value. It is read at each question. Start the console with
DNS_RESOLVER=127.0.0.1:8053 to have it look there.
"""

import argparse
import logging
from pathlib import Path
from wsgiref.simple_server import make_server

from dnslib import QTYPE, RCODE, RR, TXT, DNSRecord
from dnslib.server import BaseResolver, DNSLogger, DNSServer
from oidc_provider_mock import app

from dev.environment import refuse_production, var_dir


class Records(BaseResolver):  # type: ignore[misc]  # dnslib has no types
    def __init__(self, file: Path) -> None:
        self._file = file

    def resolve(self, request: DNSRecord, handler: object) -> DNSRecord:
        reply, name = request.reply(), str(request.q.qname).rstrip(".")
        lines = self._file.read_text().splitlines() if self._file.is_file() else []
        values = [line.split(maxsplit=1)[1] for line in lines if line.startswith(f"{name} ")]
        for value in values:
            reply.add_answer(RR(request.q.qname, QTYPE.TXT, rdata=TXT(value)))
        if not values:
            reply.header.rcode = RCODE.NXDOMAIN
        return reply


def main() -> None:
    refuse_production()
    parser = argparse.ArgumentParser(prog="python -m dev.identity")
    parser.add_argument("--port", type=int, default=8010)
    parser.add_argument("--dns", type=int, default=8053)
    options = parser.parse_args()
    records = var_dir() / "dns.txt"
    quiet = DNSLogger(log="-request,-reply,-truncated,-error", prefix=False)
    DNSServer(Records(records), address="127.0.0.1", port=options.dns, logger=quiet).start_thread()
    logging.getLogger("oidc_provider_mock").setLevel(logging.ERROR)
    print(f"Issuer http://localhost:{options.port}, DNS 127.0.0.1:{options.dns} with {records}", flush=True)
    make_server("127.0.0.1", options.port, app()).serve_forever()


if __name__ == "__main__":
    main()
