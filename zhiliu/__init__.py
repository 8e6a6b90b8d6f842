"""Zhiliu (知流): where the experience of a company's people flows.

One folder per domain noun. Apps stand on floors (``docs/architecture.md``): each imports only what lies below it.
"""

__version__ = "0.1.0"
