"""Sources with their pages of terms, products and partners."""

from __future__ import annotations

from django.db import models

from pipeline.stages import TermsPageState


class Source(models.Model):
    """Where articles come from. Rows made from newsroom.toml have origin "file" and are not edited elsewhere."""

    slug = models.SlugField(max_length=63, unique=True)
    publisher = models.CharField(max_length=200)
    url = models.URLField(max_length=500)
    language = models.CharField(max_length=12, default="en")
    contact = models.CharField(max_length=254, blank=True)
    feed = models.CharField(max_length=500, blank=True)
    rights = models.JSONField(null=True)
    rights_origin = models.CharField(max_length=8, default="file")  # "desk" when an editor filed the record
    profile = models.JSONField(default=dict)
    origin = models.CharField(max_length=8, default="file")
    active = models.BooleanField(default=True)


class Reconsideration(models.Model):
    """How far asking again about a source's articles has come, after its rights record changed; newest first."""

    source = models.OneToOneField(Source, on_delete=models.CASCADE, primary_key=True, related_name="reconsideration")
    actor = models.CharField(max_length=120)  # who changed the record
    begun_at = models.DateTimeField()
    cursor = models.BigIntegerField()  # articles with a lower key are still to be asked about
    done_at = models.DateTimeField(null=True)


class TermsPage(models.Model):
    """A publisher's page of terms, as it was read: evidence of a rights record, or what a later look has found."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="terms_pages")
    url = models.CharField(max_length=500)  # as the record names it
    address = models.CharField(max_length=2048)  # where the answer came from, after redirects
    text = models.TextField()  # what people see of it, a line for each of its lines
    licences = models.JSONField(default=list)  # addresses of the licences that it names or links to
    sha256 = models.CharField(max_length=64)  # as pipeline.rights.evidence makes it
    read_at = models.DateTimeField()
    read_by = models.CharField(max_length=120)
    state = models.CharField(max_length=8, default=TermsPageState.READ)
    checked_at = models.DateTimeField(null=True)  # when the address was compared with it last
    verdict = models.CharField(max_length=12, blank=True)  # of that look: pipeline.rights.terms_page.Verdict
    reason = models.TextField(blank=True)  # why that look could not be had
    reason_es = models.TextField(blank=True)
    found = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="+")  # what it read instead

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source"], condition=models.Q(state="kept"), name="terms_page_kept_once")
        ]


class Product(models.Model):
    """A named selection of articles, published as feeds."""

    slug = models.SlugField(max_length=63)
    language = models.CharField(max_length=12)
    title = models.CharField(max_length=200)
    subtitle = models.CharField(max_length=300, blank=True)
    rules = models.JSONField(default=dict)
    delay_minutes = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    origin = models.CharField(max_length=8, default="file")
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["language", "slug"], name="product_path_once")]

    @property
    def path(self) -> str:
        return f"{self.language}/{self.slug}"


class Partner(models.Model):
    """A subscribing outlet."""

    slug = models.SlugField(max_length=63, unique=True)
    name = models.CharField(max_length=200)
    use = models.CharField(max_length=1)
    products = models.ManyToManyField(Product, related_name="partners")
    webhook = models.CharField(max_length=500, blank=True)
    email = models.CharField(max_length=254, blank=True)
    formats = models.JSONField(default=list)  # of its private feeds; empty means all
    delay_minutes = models.PositiveIntegerField(default=0)  # its own embargo, on top of a product's
    left = models.ManyToManyField(
        Product, related_name="+"
    )  # products it once had: mirrors must hear that they are gone
    epoch = models.PositiveIntegerField(default=0)  # rises when what it may have changes: mirrors start over
    origin = models.CharField(max_length=8, default="file")
    active = models.BooleanField(default=True)
