"""What programs can see and change: one noun a file. Nobody imports these, except the addresses."""
