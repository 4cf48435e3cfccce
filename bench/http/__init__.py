"""A full payment over HTTP, against the direct way of making one."""
