"""Who is at the console: signing in and out, sessions, and the links that are sent out."""
