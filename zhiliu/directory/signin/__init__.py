"""Ways to sign in. Each way is a folder or file that can be removed."""
