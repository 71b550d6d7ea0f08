"""What the installation shows of its own conduct: who opened sealed data, and the proof that nothing is missing."""
