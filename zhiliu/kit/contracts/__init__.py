"""What apps say to engines they do not import: facts, rules, object types, notifications, imports; with registries."""
