"""The record: rules, signatures, log. It imports neither projections nor api."""
