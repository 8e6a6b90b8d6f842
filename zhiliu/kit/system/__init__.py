"""The machine below: databases, child processes with limits, encryption."""
