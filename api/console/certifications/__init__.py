"""Certifications that were granted: what each is today, its past, and what can be done with it."""
