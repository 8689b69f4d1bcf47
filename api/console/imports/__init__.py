"""The import of a workshop at the console: templates, a dry run by cell, who is who, and filing or taking back."""
