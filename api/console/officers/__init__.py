"""Appointing officers: people who get a role, several at once."""
