"""Pure rules of the certification: facts, what decisions remember, and what they refuse."""
