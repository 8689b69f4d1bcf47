"""Tests of the import of a workshop."""
