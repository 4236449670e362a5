"""Everything that stands in a feed and its archive, from the newest entry back to the first. Standard library only."""

import json
from urllib.parse import urljoin
from urllib.request import urlopen


def everything(address):
    """Articles by id, as they stand now. `address` is that of a feed.json; stop at a page that you know, if you do."""
    found = {}
    while address:
        if not address.startswith(("https://", "http://")):
            raise ValueError(f"no page of a feed stands at {address}")
        with urlopen(address, timeout=30) as answer:
            page, here = json.load(answer), answer.url
        for item in page["items"]:
            found.setdefault(item["id"], item)  # newest first: what an older page says of the same article is past
        address = urljoin(here, page["next_url"]) if "next_url" in page else None
    return {name: item for name, item in found.items() if item["_status"]["pubstatus"] != "canceled"}
