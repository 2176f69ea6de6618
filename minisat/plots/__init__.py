"""Every figure and every HTML page."""
