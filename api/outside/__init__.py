"""What crosses the network or leaves for a folder: witnesses asked, logs published, fetched and monitored."""
