"""The secretariat's side: statements that wait for officers, and the import of spreadsheets."""
