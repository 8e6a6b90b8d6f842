"""Build community commons: home page texts, calendar occasions, shared files with versions."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

from zhiliu.communities.arranging import add_text, place_block
from zhiliu.communities.models import Community, Membership
from zhiliu.communities.occasions import add_occasion
from zhiliu.communities.role_permissions import Role
from zhiliu.directory.models import Person
from zhiliu.files.models import FileVersion, SharedFile, Upload
from zhiliu.files.sharing import share_file
from zhiliu.files.storing import upload

from .sources import read
from .stage import Stage


def build(stage: Stage) -> None:
    """Build everything through the verbs people use."""
    content = read("commons")
    for entry in content["texts"]:
        _text(stage, entry)
    for entry in content["occasions"]:
        _occasion(stage, entry)
    for entry in content["files"]:
        _file(stage, entry)


def _keeper(community: Community) -> Person:
    return Membership.objects.select_related("person").get(community=community, role=Role.MANAGER).person


def _text(stage: Stage, entry: dict[str, Any]) -> None:
    community = stage.communities[entry["community"]]
    keeper = _keeper(community)
    with stage.moment(stage.clock.at(-90)):
        block = add_text(community, title=entry["title"], text=entry["text"], by=keeper)
        place_block(block, entry["place"], by=keeper)


def _occasion(stage: Stage, entry: dict[str, Any]) -> None:
    community = stage.communities[entry["community"]]
    first, last = stage.clock.date(entry["first"]), stage.clock.date(entry["last"])
    with stage.moment(stage.clock.at(-6)):
        add_occasion(
            community, title=entry["title"], note=entry["note"], starts_on=first, ends_on=last, by=_keeper(community)
        )


def _file(stage: Stage, entry: dict[str, Any]) -> None:
    community = stage.communities[entry["community"]]
    for state in [entry, *entry.get("newer", [])]:
        by = stage.people[state["by"]] if state["by"] else _keeper(community)
        _version(stage, community, entry, state, by)


def _version(stage: Stage, community: Community, entry: dict[str, Any], state: dict[str, Any], by: Person) -> None:
    at = stage.clock.at(state["day"])
    # With a byte order mark, so that spreadsheets read Chinese in a CSV.
    content = state["text"].encode("utf-8-sig" if entry["name"].endswith(".csv") else "utf-8")
    with stage.moment(at):
        file_upload = upload(io.BytesIO(content), name=entry["name"], by=by, community=community)
        shared = share_file(community, file_upload, by=by, folder=entry["folder"], note=entry["note"])
    _date(shared, file_upload, at)


def _date(shared: SharedFile, file_upload: Upload, at: dt.datetime) -> None:
    Upload.objects.filter(pk=file_upload.pk).update(at=at)
    SharedFile.objects.filter(pk=shared.pk).update(at=at)
    FileVersion.objects.filter(upload=file_upload).update(at=at)
