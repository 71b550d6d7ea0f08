"""What happens to objects, whoever asks: an endpoint, a page, the clock, or a test."""
