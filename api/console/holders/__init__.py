"""The page of a certified advisor: their certificate, documents, data and consents, and what they ask to change."""
