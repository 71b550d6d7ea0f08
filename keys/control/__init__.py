"""Other gateways: what they show to be believed, and how keys stand that they ask for."""
