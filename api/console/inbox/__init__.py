"""What waits: the list that each officer begins with, reviewing and signing it, and following what one filed."""
