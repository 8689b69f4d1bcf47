"""The published log: witnesses asked, files written, logs monitored, bundles packed."""
