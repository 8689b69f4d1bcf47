"""Pages of appeals and complaints."""
