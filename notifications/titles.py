"""What kinds of message are called where people read about them."""


def title_of(kind: str) -> str:
    """Return the name of a kind as people read it."""
    words = kind.replace("-", " ").replace(".", " ")
    return words[:1].upper() + words[1:]
