"""The thin shell: read, call the core, write."""
