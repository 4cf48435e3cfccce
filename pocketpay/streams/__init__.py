"""Streams made again from the journals, when JetStream lost them or their tail."""
