"""Notices by e-mail: what the register tells people by itself, in French or English, each once."""
