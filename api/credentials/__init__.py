"""A certificate in every form that a person or a machine asks for: one module a form, and what they share."""
