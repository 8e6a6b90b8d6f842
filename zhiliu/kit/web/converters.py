"""Keys in addresses: digits that fit into a database's bigint; longer ones are no address at all (404)."""

from __future__ import annotations

from django.urls import register_converter
from django.urls.converters import IntConverter


class KeyConverter(IntConverter):
    """``<key:pk>``: at most 18 digits."""

    regex = "[0-9]{1,18}"


register_converter(KeyConverter, "key")
