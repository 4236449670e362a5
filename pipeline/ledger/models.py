"""The ledger's tables: columns, constraints and indexes.

Knows: shapes. Must not know: behaviour. What happens to a row is in the files beside this one, and no signal is used.
JSON columns hold the frozen records of pipeline/types.py, written and read by codec.py.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from pipeline.stages import DeliveryState, ReleaseState, RevisionState, TranslationState, UnitState


class Source(models.Model):
    """Where articles come from. Rows made from newsroom.toml have origin "file" and are not edited elsewhere."""

    slug = models.SlugField(max_length=63, unique=True)
    publisher = models.CharField(max_length=200)
    url = models.URLField(max_length=500)
    language = models.CharField(max_length=12, default="en")
    contact = models.CharField(max_length=254, blank=True)
    feed = models.CharField(max_length=500, blank=True)
    rights = models.JSONField(null=True)
    profile = models.JSONField(default=dict)
    origin = models.CharField(max_length=8, default="file")
    active = models.BooleanField(default=True)


class Article(models.Model):
    """A story's permanent identity at a source."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="articles")
    key = models.CharField(max_length=128)
    url = models.CharField(max_length=2000, blank=True)
    created_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawal_kind = models.CharField(max_length=12, blank=True)
    withdrawal_reason = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "key"], name="article_once_per_source")]


class Payload(models.Model):
    """Bytes as they came in, kept so that every later step can be run again."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    body = models.BinaryField(null=True)  # null when it was over the limit: the row says so, the sender still has it
    size = models.BigIntegerField()


class Revision(models.Model):
    """One received version of an article. Immutable but for its state and what was read from it."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    payload = models.ForeignKey(Payload, on_delete=models.PROTECT)
    content_hash = models.CharField(max_length=64)
    envelope = models.JSONField()
    story = models.JSONField(null=True)
    permission = models.JSONField(null=True)
    state = models.CharField(max_length=12, default=RevisionState.RECEIVED)
    reason_code = models.CharField(max_length=64, blank=True)
    reason = models.TextField(blank=True)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="revision_number_once"),
        ]
        indexes = [models.Index(fields=["state"])]


class Translation(models.Model):
    """A revision in another language; a later version of the same revision is a post-edit or a re-translation."""

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="translations")
    language = models.CharField(max_length=12)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=12, default=TranslationState.QUEUED)
    draft = models.JSONField(null=True)  # pipeline.types.Draft without its matches, which are rows of their own
    findings = models.JSONField(default=list)
    correction = models.TextField(blank=True)  # note that readers see when this version replaces an earlier one
    reviewer = models.CharField(max_length=200, blank=True)
    reviewed_on = models.DateField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["revision", "language", "version"], name="translation_version_once")
        ]
        indexes = [models.Index(fields=["state"])]


class Segment(models.Model):
    """One translated sentence with its place, its maker and its score."""

    translation = models.ForeignKey(Translation, on_delete=models.CASCADE, related_name="segments")
    position = models.PositiveIntegerField()
    place = models.CharField(max_length=32)
    source = models.TextField()
    target = models.TextField()
    spans = models.JSONField(default=list)
    gap = models.CharField(max_length=8, blank=True)
    origin = models.CharField(max_length=8)
    model = models.CharField(max_length=120, blank=True)
    score = models.FloatField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["translation", "position"], name="segment_position_once")]


class Waiver(models.Model):
    """An editor's answer to one finding about one sentence of an article, good for as long as both texts stand."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="waivers")
    language = models.CharField(max_length=12)
    code = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)  # pipeline.translation.waivers.fingerprint
    reason = models.TextField()
    actor = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["article", "language", "code", "fingerprint"], name="waiver_once")
        ]


class MemoryEntry(models.Model):
    """What an engine made of a sentence under one identity (model, settings, rules)."""

    key = models.CharField(max_length=64, primary_key=True)
    record = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)


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
    """A subscribing outlet. Its token is kept only as a digest and shown once, when it is made."""

    slug = models.SlugField(max_length=63, unique=True)
    name = models.CharField(max_length=200)
    use = models.CharField(max_length=1)
    products = models.ManyToManyField(Product, related_name="partners")
    webhook = models.CharField(max_length=500, blank=True)
    email = models.CharField(max_length=254, blank=True)
    token_sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    token_made_at = models.DateTimeField(null=True)
    origin = models.CharField(max_length=8, default="file")
    active = models.BooleanField(default=True)


class Release(models.Model):
    """An article in one product. Its guid is fixed when the row is made and never used for anything else."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="releases")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="releases")
    translation = models.ForeignKey(Translation, on_delete=models.PROTECT, related_name="releases")
    guid = models.CharField(max_length=300, db_index=True)
    version = models.PositiveIntegerField(default=1)
    sending = models.PositiveIntegerField(default=1)  # counts re-syndications of this version
    state = models.CharField(max_length=12, default=ReleaseState.USABLE)
    reason_code = models.CharField(max_length=64, blank=True)
    reason = models.TextField(blank=True)
    embargo_until = models.DateTimeField(null=True)
    published_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    canceled_at = models.DateTimeField(null=True)
    attribution = models.JSONField()
    text_sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "product"], name="release_once_per_product")]
        indexes = [models.Index(fields=["product", "state", "-updated_at"])]


class CorrectionNote(models.Model):
    """A dated note that stays in the text of every later version."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="corrections")
    language = models.CharField(max_length=12)
    on = models.DateField()
    note = models.TextField()
    translation = models.ForeignKey(Translation, on_delete=models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["translation"], name="correction_once_per_version")]


class Delivery(models.Model):
    """One push of one release version to one partner, or the reason why it may not have it."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="deliveries")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="deliveries")
    version = models.PositiveIntegerField()
    sending = models.PositiveIntegerField()
    kind = models.CharField(max_length=12)  # published, corrected, withdrawn, resent
    channel = models.CharField(max_length=8)  # "feed" or "webhook"
    state = models.CharField(max_length=12, default=DeliveryState.PENDING)
    reason_code = models.CharField(max_length=64, blank=True)
    reason = models.TextField(blank=True)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["release", "partner", "version", "sending"], name="delivery_once")
        ]
        indexes = [models.Index(fields=["partner", "state"])]


class Attempt(models.Model):
    """One try of one delivery, with what the partner's server answered."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="attempts")
    at = models.DateTimeField()
    status = models.PositiveIntegerField(null=True)
    answer = models.CharField(max_length=300, blank=True)


class Event(models.Model):
    """The audit trail: append only."""

    at = models.DateTimeField()
    actor = models.CharField(max_length=120)
    action = models.CharField(max_length=64)
    subject = models.CharField(max_length=80)
    article = models.ForeignKey(Article, on_delete=models.PROTECT, null=True, related_name="events")
    reason = models.TextField(blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["subject"]), models.Index(fields=["action", "at"])]


class Unit(models.Model):
    """One unit of work: a step to be run on a subject. This table is the queue; Celery only rings the bell."""

    step = models.CharField(max_length=12)
    subject = models.CharField(max_length=80)
    state = models.CharField(max_length=8, default=UnitState.READY)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    fence = models.PositiveBigIntegerField(default=0)  # rises with each claim; only the newest may save
    attempts = models.PositiveIntegerField(default=0)
    again = models.BooleanField(default=False)  # armed while it ran: run once more afterwards
    rung_at = models.DateTimeField(null=True)
    error_code = models.CharField(max_length=64, blank=True)
    last_error = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["step", "subject"], name="unit_once")]
        indexes = [
            models.Index(fields=["due_at"], name="unit_ready", condition=Q(state="ready")),
            models.Index(fields=["lease_until"], name="unit_leased", condition=Q(state="leased")),
        ]
