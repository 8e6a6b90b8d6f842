"""System access: databases, child processes with limits, encryption."""
