"""Every command of the domain as a page: what can be filed, its form, and the statement in words before it is filed."""
