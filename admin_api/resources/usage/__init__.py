"""What was used and what it cost: rows by step and group, and files of any size."""
