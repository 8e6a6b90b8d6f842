"""The command ``zhiliu``: up, init, password, address, demo, import, clean-pictures, doctor."""

from __future__ import annotations

import argparse
import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns:
        The exit code: 0 on success.
    """
    options = parser().parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    return int(options.run(options) or 0)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the documented command line."""
    root = argparse.ArgumentParser(prog="zhiliu", description="Zhiliu (知流): where a company's experience flows.")
    commands = root.add_subparsers(required=True, metavar="COMMAND")
    up = commands.add_parser("up", help="start pages, live streams and jobs on one port")
    up.add_argument("--host", help="address to listen on (setting ZHILIU_HOST)")
    up.add_argument("--port", type=int, help="port to listen on (setting ZHILIU_PORT)")
    up.set_defaults(run=_up)
    init = commands.add_parser("init", help="prepare the database and make the first administrator")
    init.add_argument("--organisation", help="name of the organisation; what is left out is asked")
    init.add_argument("--name", help="name of the first administrator")
    init.add_argument("--email", help="mail address of the first administrator")
    init.add_argument("--address", help="where people will reach Zhiliu, like https://zhiliu.example.com")
    init.set_defaults(run=_init)
    password = commands.add_parser("password", help="make a link by which somebody chooses a new password")
    password.add_argument("who", help="number, mail address or handle")
    password.set_defaults(run=_password)
    address = commands.add_parser("address", help="show or set the address at which people reach Zhiliu")
    address.add_argument("address", nargs="?", help="the new one, like https://zhiliu.example.com")
    address.set_defaults(run=_address)
    demo = commands.add_parser("demo", help="fill an empty installation with the sample company and start it")
    demo.add_argument("--port", type=int, default=8000)
    demo.add_argument("--fresh", action="store_true", help="throw the sample company away and make it anew")
    demo.add_argument("--no-start", action="store_true", help="only fill, do not start")
    demo.set_defaults(run=_demo)
    importing = commands.add_parser("import", help="check a file of people or documents, and bring them in")
    importing.add_argument("path", help="people: CSV or XLSX; documents: a folder, ZIP, Markdown or Word file")
    importing.add_argument("--library", help="bring documents into the library of this name in its address")
    importing.add_argument("--folder", default="", help="documents: the folder there under which all of it goes")
    importing.add_argument("--drafts", action="store_true", help="documents: as drafts, not published")
    importing.add_argument("--full", action="store_true", help="the file names everybody: tell who is missing from it")
    importing.add_argument("--sheet", default="", help="people: the sheet of a workbook with several")
    importing.add_argument("--apply", action="store_true", help="bring in what nothing stands against")
    importing.set_defaults(run=_import)
    cleaning = commands.add_parser("clean-pictures", help="take place, device and owner out of pictures stored before")
    cleaning.set_defaults(run=_clean_pictures)
    doctor = commands.add_parser("doctor", help="check that everything this installation needs is there")
    doctor.set_defaults(run=_doctor)
    return root


def _up(options: argparse.Namespace) -> int:
    from config.settings.declared import read

    from .supervisor import children, supervise

    declared = read()
    host, port = options.host or declared.host, options.port or declared.port
    _prepare()
    _say_when_empty()
    processes = children(host, port, relays=bool(declared.nchan_url), lmtp=declared.lmtp_listen)
    return supervise(processes, when_up=lambda: _announce_when_up(port))


def _announce_when_up(port: int) -> None:
    from .supervisor import print_line

    address = f"http://127.0.0.1:{port}/"
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{address}signin/", timeout=2).close()  # noqa: S310
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            print_line(f"open {address}")
            return


def _prepare() -> None:
    """Migrate the database, in a separate process so that the parent stays small."""
    import subprocess

    code = "import django; django.setup(); from zhiliu.console.schema import migrate; migrate()"
    if failed := subprocess.run([sys.executable, "-c", code]).returncode:
        raise SystemExit(failed)


def _say_when_empty() -> None:
    """Tell the operator if there is no administrator, because then nobody can sign in. The sign-in page says it too."""
    import subprocess

    code = "from zhiliu.console.install import say_when_empty as s; s()"
    subprocess.run([sys.executable, "-c", f"import django; django.setup(); {code}"], check=True)


def _init(options: argparse.Namespace) -> int:
    _django()
    from .install import initialise

    values = {name: getattr(options, name) for name in ("organisation", "name", "email", "address")}
    return initialise(values)


def _password(options: argparse.Namespace) -> int:
    _django()
    from .install import hand_password_link

    return hand_password_link(options.who)


def _address(options: argparse.Namespace) -> int:
    _django()
    from .install import show_address

    return show_address(options.address)


def _demo(options: argparse.Namespace) -> int:
    from config.settings.declared import read

    from .supervisor import children, supervise

    os.environ["ZHILIU_DEMO"] = "1"
    os.environ["ZHILIU_PORT"] = str(options.port)
    os.environ.setdefault("ZHILIU_BASE_URL", f"http://127.0.0.1:{options.port}")
    code = _fill(options.fresh)
    if code or options.no_start:
        return code
    lmtp = read().lmtp_listen
    return supervise(children("127.0.0.1", options.port, lmtp=lmtp), when_up=lambda: _announce_when_up(options.port))


def _fill(fresh: bool) -> int:
    import subprocess

    arguments = [sys.executable, "-m", "zhiliu.demo.fill", *(["--fresh"] if fresh else [])]
    return subprocess.run(arguments, check=False).returncode


def _import(options: argparse.Namespace) -> int:
    _django()
    from .importing import import_documents, import_people

    if options.library is None:
        return import_people(options.path, full=options.full, apply=options.apply, sheet=options.sheet)
    settings = {"library": options.library, "folder": options.folder, "drafts": options.drafts}
    return import_documents(options.path, apply=options.apply, **settings)


def _clean_pictures(_options: argparse.Namespace) -> int:
    _django()
    from zhiliu.files.recleaning import CLEANED, LEFT, SAME, TYPED, clean_stored

    counts = clean_stored()
    print(f"{counts[CLEANED]:,} cleaned, {counts[TYPED]:,} typed anew, {counts[SAME]:,} as they were")
    if counts[LEFT]:
        print(f"{counts[LEFT]:,} could not be read and stay as they are", file=sys.stderr)
    return int(bool(counts[LEFT]))


def _doctor(options: argparse.Namespace) -> int:
    _django()
    from .doctor import examine

    return examine()


def _django() -> None:
    import django

    django.setup()
    from zhiliu.kit.contracts.audit import started_as

    started_as("command")


if __name__ == "__main__":
    sys.exit(main())
