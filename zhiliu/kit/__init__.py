"""The bottom floor: shapes every app shares, and no word of the domain.

- ``contracts``: what apps say to engines they do not import (facts, rules, object types, notifications, registries);
- ``web``: plumbing of pages (requests, middleware, forms that act once, paging, the frame);
- ``text``: Markdown, Chinese words, dates; ``system``: databases, child processes, encryption;
- beside them ``errors``, and what pages are built from: ``templates``, ``templatetags``, ``styles``, ``islands``.
"""
