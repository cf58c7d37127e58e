"""Streets in perspective, with what stands in them, painted so that every pixel knows what it shows."""
