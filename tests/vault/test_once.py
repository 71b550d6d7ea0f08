"""What is made once is made once for all threads."""

import threading
import time

from vault.once import Once

THREADS = 8


def test_threads_that_ask_at_one_moment_get_the_same_by_the_lock() -> None:
    at_once = threading.Barrier(THREADS)

    @Once
    def thing() -> object:
        time.sleep(0.05)
        return object()

    found: list[object] = []

    def ask() -> None:
        at_once.wait()
        found.append(thing())

    threads = [threading.Thread(target=ask) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == THREADS
    assert len(set(map(id, found))) == 1


def test_it_is_made_anew_after_it_was_cleared() -> None:
    thing = Once(object)
    before = thing()
    assert thing() is before
    thing.cache_clear()
    assert thing() is not before
