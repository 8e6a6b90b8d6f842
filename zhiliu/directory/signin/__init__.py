"""Ways to sign in. Each is a folder or file that can be removed."""
