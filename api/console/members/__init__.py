"""The page of an administration's contact point: its own candidates and advisors, and nominations to be signed."""
