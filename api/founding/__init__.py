"""Founding a ledger in browsers: two founders, each with a link, make their passkeys and sign leaf 0 with them."""
