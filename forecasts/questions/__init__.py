"""The algebra of events: what can be asked, and whether it happens."""
