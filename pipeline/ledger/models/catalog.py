"""Sources, products and partners."""

from __future__ import annotations

from django.db import models


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
