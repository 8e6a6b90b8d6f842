"""The lowest layer: shapes that every app shares, without any word of the domain.

- ``contracts``: what apps declare to engines they do not import (facts, rules, object types, notifications,
  registries);
- ``web``: plumbing of pages (requests, middleware, idempotent forms, paging, the page frame);
- ``text``: Markdown, Chinese text, dates; ``system``: databases, child processes, encryption;
- also ``errors``, and the building blocks of pages: ``templates``, ``templatetags``, ``styles``, ``islands``.
"""
