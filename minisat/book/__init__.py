"""The lessons as a book to read: pages for a browser, and prose and formulas for a terminal."""
