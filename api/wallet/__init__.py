"""Issues certificates to wallets (OpenID4VCI 1.0)."""
