"""Letters with which somebody who forgot a password makes a new one.

Knows: the mail server, Django's tokens. Must not know: who asked, or how often one may ask (desk/throttle.py).

Such a letter opens an account, so it never lies in the outbox, where others could read it; and its secret is made when
it is sent, so that none lies in the ledger.
"""

from __future__ import annotations

import smtplib
from email.message import EmailMessage
from functools import partial
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from feeds import outbox
from pipeline.errors import ConfigError, PartnerRefused, PartnerUnavailable
from pipeline.ledger import audit
from pipeline.rights.letter import address, letter, message_id
from pipeline.runner import Effect, Work
from pipeline.steps import Newsroom

SUBJECT = "reset"  # kind of the unit's subject
PLACE = "/desk/new-password/{user}/{token}"  # desk/urls.py answers there; a test holds the two together


def deliver(newsroom: Newsroom, work: Work) -> Effect:
    """Send one person a link. Whoever was switched off meanwhile, or has no address, gets none."""
    user = User.objects.filter(pk=int(work.subject.rpartition(":")[2]), is_active=True).exclude(email="").first()
    if user is None:
        return _nothing
    config = newsroom.config
    sender = config.mail.sender or config.site.contact
    if not sender:
        raise ConfigError(
            "nobody is named as the sender of mail; set [site] contact in newsroom.toml",
            es="Nadie figura como remitente del correo; indique [site] contact en newsroom.toml.",
        )
    token = default_token_generator.make_token(user)
    link = config.site.url + PLACE.format(user=urlsafe_base64_encode(force_bytes(user.pk)), token=token)
    minutes = settings.PASSWORD_RESET_TIMEOUT // 60
    message = letter(
        sender=address(sender),
        to=address(user.email),
        subject=f"Tornavoz · {config.site.name}: contraseña nueva / new password",
        at=work.now,
        message_id=message_id("reset", urlsplit(config.site.url).hostname or "localhost", str(user.pk), token),
        paragraphs=(
            f"Alguien pidió una contraseña nueva para «{user.username}» en la mesa de redacción de {config.site.name}. "
            f"Esta dirección sirve una vez, durante {minutes} minutos:",
            link,
            "Si no fue usted, no haga nada: la contraseña de ahora sigue valiendo.",
            f"Somebody asked for a new password for «{user.username}» at the desk of {config.site.name}. The address "
            f"above works once, for {minutes} minutes. If it was not you, do nothing: the present password stays.",
        ),
    )
    _transmit(user, message)
    return partial(audit.record, "user.reset-mailed", f"user:{user.username[:60]}", now=work.now, actor="mail")


def _nothing() -> None:
    """Nobody to write to."""


def _transmit(user: User, message: EmailMessage) -> None:
    """A mail server's 5xx is final (RFC 5321 section 4.2.1), everything else may go better later."""
    try:
        outbox.transmit(message)
    except smtplib.SMTPResponseException as error:
        kind = PartnerRefused if error.smtp_code >= 500 else PartnerUnavailable
        raise kind(
            f"the mail server did not take the letter to {user.username}: {error.smtp_code}",
            es=f"El servidor de correo no aceptó la carta para {user.username}: {error.smtp_code}",
        ) from error
    except smtplib.SMTPRecipientsRefused as error:
        raise PartnerRefused(
            f"the mail server knows no mailbox of {user.username}",
            es=f"El servidor de correo no conoce ningún buzón de {user.username}.",
        ) from error
    except (smtplib.SMTPException, OSError) as error:
        raise PartnerUnavailable(
            f"the mail server could not be reached: {type(error).__name__}",
            es=f"No se pudo contactar con el servidor de correo: {type(error).__name__}",
        ) from error
