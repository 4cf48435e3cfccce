"""Live streams: how late and how heavy a thousand readers are."""
