"""The books from the command line, and the monitor's rounds through them."""
