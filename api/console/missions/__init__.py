"""The pages of missions: which there are, whom to propose for one and why, and what an advisor states themselves."""
