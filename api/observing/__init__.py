"""What the operator asks of a running process: whether it lives, whether it can answer, and how much it does."""
