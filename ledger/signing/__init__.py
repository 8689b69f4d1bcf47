"""Statements, envelopes, keys and signed notes: what was signed, by which key, in which bytes."""
