"""Addresses of files of the front end."""

from __future__ import annotations

from django_vite.core.asset_loader import DjangoViteAssetLoader


def built_url(name: str) -> str:
    """Return the address of a built file by its name in the manifest, such as ``icons.svg``."""
    return str(DjangoViteAssetLoader.instance().generate_vite_asset_url(name))
