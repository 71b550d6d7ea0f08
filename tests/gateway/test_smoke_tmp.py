from tests.gateway.conftest import *


def test_whole(client, house):
    r = client.post("/v1/chat/completions", json=question())
    print(r.status_code, r.headers, r.text)
    r = client.post("/compat/v1/chat/completions", json=question())
    print(r.status_code, r.headers, r.text)
    for b in ("/v1", "/compat/v1"):
        r = client.post(b + "/chat/completions", json=question(stream=True))
        print(r.text)
    for p in (
        "/healthz",
        "/readyz",
        "/v1/models",
        "/v1/models/" + MODEL,
        "/v1/models/meta%2Fllama%20with%20slash",
        "/nope",
        "/compat/v1/nope",
    ):
        r = client.get(p)
        print(r.status_code, r.text)
    import time

    time.sleep(0.1)
    for c in house.rooms.calls.values():
        print(c)
    print(
        house.upstream.connections,
        [e.headers for e in house.upstream.requests][:1],
        [e.body for e in house.upstream.requests],
    )
    assert 0
