"""An independent WebSub subscriber: Flask-WebSub's, as a program of its own.

    python -m tests.process.subscriber FOLDER PORT TOPIC

It finds the hub in the topic's headers, subscribes with a secret of its own, and writes a line of JSON for each thing
that happens. A line on standard input makes it unsubscribe. What it calls an update has the right signature:
Flask-WebSub drops the others.
"""

from __future__ import annotations

import hashlib
import json
import sys
import threading
import time
from pathlib import Path
from typing import Any

import flask_websub.subscriber as library
from flask import Flask
from flask_websub.subscriber import SQLite3SubscriberStorage, SQLite3TempSubscriberStorage, Subscriber, discover
from werkzeug.serving import make_server

library.is_secure = lambda _: True  # it gives its secret to https hubs alone, and there is no TLS on loopback


def say(**what: Any) -> None:
    sys.stdout.write(json.dumps({"at": time.time(), **what}) + "\n")
    sys.stdout.flush()


def main(folder: str, port: str, topic: str) -> None:
    app = Flask(__name__)
    app.config["SERVER_NAME"] = f"127.0.0.1:{port}"
    place = Path(folder)
    subscriber = Subscriber(
        SQLite3SubscriberStorage(str(place / "kept.db")), SQLite3TempSubscriberStorage(str(place / "asked.db"))
    )
    app.register_blueprint(subscriber.build_blueprint(url_prefix="/callbacks"))
    subscriber.add_success_handler(lambda topic, callback, mode: say(event=mode, topic=topic))
    subscriber.add_error_handler(lambda topic, callback, reason: say(event="refused", reason=str(reason)))
    subscriber.add_listener(
        lambda topic, callback, body: say(event="update", sha256=hashlib.sha256(body).hexdigest(), size=len(body))
    )
    server = make_server("127.0.0.1", int(port), app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with app.app_context():
        found = discover(topic)
        say(event="found", **found)
        callback = subscriber.subscribe(**found)
        sys.stdin.readline()
        subscriber.unsubscribe(callback)
        sys.stdin.readline()
    server.shutdown()


if __name__ == "__main__":
    main(*sys.argv[1:])
