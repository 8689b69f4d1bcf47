"""The Merkle log: tree, checkpoints and proofs, all pure; the store keeps the nodes."""
