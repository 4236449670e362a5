"""Is this webhook from Tornavoz? Standard library only."""

import base64
import hashlib
import hmac
import json
import time


def verified(secret, headers, body):
    """The event. ValueError when the signature is not ours or is older than five minutes.

    `headers` with lower-case names; `body` the bytes as they came: parsed and written again, they would differ.
    """
    identity, at = headers["webhook-id"], headers["webhook-timestamp"]
    if abs(time.time() - int(at)) > 300:
        raise ValueError("the webhook is too old, or this machine's clock is wrong")
    key = base64.b64decode(secret.removeprefix("whsec_"))
    wanted = base64.b64encode(hmac.new(key, f"{identity}.{at}.".encode() + body, hashlib.sha256).digest()).decode()
    given = [each.removeprefix("v1,") for each in headers["webhook-signature"].split()]  # two while a secret changes
    if not any(hmac.compare_digest(wanted.encode(), each.encode()) for each in given):
        raise ValueError("the webhook is not signed by Tornavoz")
    return json.loads(body)
