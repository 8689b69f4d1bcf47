"""What every request passes before it reaches a page: its address, its headers, its limits."""
