"""What makes files of the repository from its code, or looks at a running system."""
