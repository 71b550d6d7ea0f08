"""The bounded memory of unwrapped keys."""

from vault.memory import Memory


def test_what_was_not_used_for_longest_goes_first() -> None:
    memory: Memory[int, str] = Memory(60)
    for number in range(4096):
        memory.put(number, "kept")
    assert memory.get(0) == "kept"
    memory.put(4096, "kept")
    assert (memory.get(0), memory.get(1)) == ("kept", None)


def test_everything_goes_after_a_while() -> None:
    now = [0.0]
    memory: Memory[int, str] = Memory(60, clock=lambda: now[0])
    memory.put(1, "kept")
    now[0] = 60.0
    assert memory.get(1) == "kept"
    now[0] = 60.1
    assert memory.get(1) is None
    assert not memory._items  # a key is not only hidden


def test_what_is_put_is_handed_back_and_what_was_cleared_is_gone() -> None:
    memory: Memory[int, str] = Memory(60)
    assert memory.put(1, "kept") == "kept"
    memory.clear()
    assert memory.get(1) is None


def test_putting_again_prolongs() -> None:
    now = [0.0]
    memory: Memory[int, str] = Memory(60, clock=lambda: now[0])
    memory.put(1, "old")
    now[0] = 50.0
    memory.put(1, "new")
    now[0] = 110.0
    assert memory.get(1) == "new"
