"""The Merkle log: tree, checkpoints and proofs, all pure; :mod:`ledger.store` keeps the nodes."""
