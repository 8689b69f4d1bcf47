"""How others follow the register: announcements of changes as a feed, as JSON and by webhook, and a calendar."""
