"""How a process feels, told to whoever asks: checks, metrics, logs, and where it may be made to crash."""
