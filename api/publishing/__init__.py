"""The published log: collecting cosignatures, writing files, monitoring logs, packing bundles."""
