"""What a partner's secret address opens, and when it stops."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feeds import tokens
from pipeline.ledger.models import Partner, Product

if TYPE_CHECKING:
    from django.test import Client

    from tests.make import Office


def test_an_address_stops_at_once_when_the_partner_loses_the_product(office: Office, client: Client) -> None:
    office.publish()
    partner = Partner.objects.get(slug="el-faro")
    address = f"/p/{tokens.issue(partner, actor='test', now=office.clock())}/es/all/rss.xml"
    assert client.get(address).status_code == 200
    partner.products.clear()
    assert office.feed("rss", partner="el-faro")  # the file goes when publishing comes round
    assert client.get(address).status_code == 404


def test_an_address_stops_at_once_when_the_product_is_switched_off(office: Office, client: Client) -> None:
    office.publish()
    partner = Partner.objects.get(slug="el-faro")
    address = f"/p/{tokens.issue(partner, actor='test', now=office.clock())}/es/all/atom.xml"
    assert client.get(address).status_code == 200
    Product.objects.filter(slug="all").update(active=False)
    assert client.get(address).status_code == 404
