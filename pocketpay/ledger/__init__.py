"""What one does with the books from the command line."""
