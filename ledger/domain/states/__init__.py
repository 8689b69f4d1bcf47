"""What the rules remember, one module a subject: the state, what it is initially, and how an event changes it."""
