"""Measurements: PocketPay against the direct way of doing the same, and against the limits of the machine."""
