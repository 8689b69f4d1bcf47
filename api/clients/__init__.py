"""Outgoing requests, bounded in size and time: other registers, published logs, time-stamp authorities."""
