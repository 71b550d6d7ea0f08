"""Message previews: every kind of message with made-up facts, as it reaches people. For development alone."""
