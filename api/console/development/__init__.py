"""The pages of continued competence: activities to verify, and what counts for one's own renewal."""
