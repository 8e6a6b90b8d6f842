"""Ids in addresses: digits that fit a database bigint; longer ones match no address (404)."""

from __future__ import annotations

from django.urls import register_converter
from django.urls.converters import IntConverter


class KeyConverter(IntConverter):
    """``<key:pk>``: at most 18 digits."""

    regex = "[0-9]{1,18}"


register_converter(KeyConverter, "key")
