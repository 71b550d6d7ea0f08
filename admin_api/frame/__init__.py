"""What all resources of the admin API share: who calls, how often, what goes in and out, and how it fails."""
