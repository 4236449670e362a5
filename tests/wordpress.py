"""A real WordPress of the tests' own: Debian's package, a MariaDB behind a socket, the importer that we document."""

from __future__ import annotations

import json
import os
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.judges import HERE, absent, program

PLUGIN = HERE.parent / "docs" / "how-to" / "receiver" / "tornavoz-import.php"
_QUICK = ("--innodb-flush-log-at-trx-commit=0", "--innodb-log-file-size=8M", "--innodb-buffer-pool-size=32M")


class WordPress:
    """Installed in a folder; `close` stops its database. Each call is a PHP process, as each request is."""

    def __init__(self, folder: Path) -> None:
        if not Path("/usr/share/wordpress").is_dir():
            absent("wordpress")
        self._php, database, installer = program("php"), program("mariadbd"), program("mariadb-install-db")
        self._socket, data = folder / "db.sock", folder / "data"
        self._content = folder / "content"
        (self._content / "plugins").mkdir(parents=True)
        (self._content / "themes").mkdir()
        common = ["--no-defaults", f"--datadir={data}", *_QUICK]
        common += ["--user=root"] * (os.geteuid() == 0)  # a database does not run as root unless told to
        fresh = ["--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve"]
        subprocess.run([installer, *common, *fresh], check=True, capture_output=True, timeout=60)
        self._log = (folder / "db.log").open("wb")
        started = [database, *common, "--skip-networking", f"--socket={self._socket}"]
        self._database = subprocess.Popen([*started, f"--pid-file={folder / 'db.pid'}"], stderr=self._log)
        try:
            self._await_socket()
            self._call("install")
        except BaseException:
            self.close()
            raise

    def imported(self, feed: str, *, fresh: bool = True) -> list[dict[str, Any]]:
        """Run the importer once and return every post. `fresh`: as if five minutes had passed since the last time."""
        posts: list[dict[str, Any]] = self._call("import", feed=feed, fresh=fresh)["posts"]
        return posts

    def told(self, feed: str, *, body: str, headers: dict[str, str], secret: str) -> dict[str, Any]:
        """Hand a webhook in. Returns its status and data, as `answer`, and every post."""
        return self._call("hook", feed=feed, body=body, headers=headers, secret=secret)

    def emptied(self) -> None:
        """Delete every post."""
        self._call("empty")

    def close(self) -> None:
        self._database.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._database.wait(20)
        self._database.kill()
        self._database.wait()
        self._log.close()

    def _call(self, verb: str, **settings: object) -> dict[str, Any]:
        given = {"socket": str(self._socket), "content": str(self._content), "plugin": str(PLUGIN), **settings}
        command = [self._php, str(HERE / "judges_php" / "wordpress.php"), verb, json.dumps(given)]
        done = subprocess.run(command, check=False, capture_output=True, timeout=60)
        assert done.returncode == 0, (done.stdout + done.stderr).decode(errors="replace")[-2000:]
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def _await_socket(self) -> None:
        until = time.monotonic() + 30
        while not self._socket.exists():
            assert self._database.poll() is None, Path(self._log.name).read_text(errors="replace")[-2000:]
            assert time.monotonic() < until, "the database did not start"
            time.sleep(0.05)
