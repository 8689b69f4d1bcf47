"""A witness: a process of its own, with its own key and store, that cosigns how logs grow (c2sp.org/tlog-witness)."""
