"""Certificates into wallets (OpenID4VCI 1.0)."""
