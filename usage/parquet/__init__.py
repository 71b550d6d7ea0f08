"""Usage events as columnar files, for engines that go further than one machine. Needs the extra `parquet`."""
