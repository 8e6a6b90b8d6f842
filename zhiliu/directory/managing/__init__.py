"""What administrators do to people and to what people belong to; one topic a file."""
