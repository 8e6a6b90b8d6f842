"""What apps declare to engines they do not import: facts, rules, object types, notifications, imports; and
registries.
"""
