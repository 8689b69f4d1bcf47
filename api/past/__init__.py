"""The past of people and things: found by one search, told entry by entry, and what was true of them on a day."""
