"""One workshop from its plan to its certificates: who does what next, and the pages on which they do it."""
