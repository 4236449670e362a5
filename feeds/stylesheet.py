"""What a browser makes of a feed: an XSLT 1.0 stylesheet that turns RSS and Atom into a page for people.

Knows: how entries stand in our own feeds, and the look of our pages. Must not know: any one feed, files.
Programs pass over the pointer to it. Texts are put out as text, never as markup, so nothing in a feed can act on the
page; the style sheet inside is the one whose digest our Content-Security-Policy names.
"""

from __future__ import annotations

from xml.sax.saxutils import escape

from feeds.style import STYLE
from feeds.words import words

_SHEET = """<?xml version="1.0" encoding="UTF-8"?>
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
 xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:fh="http://purl.org/syndication/history/1.0" exclude-result-prefixes="atom dc fh">
<xsl:output method="html" encoding="UTF-8" doctype-system="about:legacy-compat"/>

<xsl:template match="/rss/channel">
 <xsl:call-template name="page">
  <xsl:with-param name="title" select="title"/>
  <xsl:with-param name="about" select="description"/>
  <xsl:with-param name="home" select="link"/>
  <xsl:with-param name="entries" select="item"/>
 </xsl:call-template>
</xsl:template>

<xsl:template match="/atom:feed">
 <xsl:call-template name="page">
  <xsl:with-param name="title" select="atom:title"/>
  <xsl:with-param name="about" select="atom:subtitle"/>
  <xsl:with-param name="home" select="atom:link[@rel='alternate']/@href"/>
  <xsl:with-param name="entries" select="atom:entry"/>
 </xsl:call-template>
</xsl:template>

<xsl:template name="page">
 <xsl:param name="title"/><xsl:param name="about"/><xsl:param name="home"/><xsl:param name="entries"/>
 <html lang="%(language)s">
 <head>
  <meta name="viewport" content="width=device-width, initial-scale=1"/>
  <title><xsl:value-of select="$title"/></title>
  <style>%(style)s</style>
 </head>
 <body>
  <header><a href="{$home}"><xsl:value-of select="$title"/></a></header>
  <main id="main">
   <h1><xsl:value-of select="$title"/></h1>
   <xsl:if test="$about != $title"><p class="lead"><xsl:value-of select="$about"/></p></xsl:if>
   <xsl:choose>
    <xsl:when test="fh:archive">
     <p class="credit-correction">%(about_archive)s
      <a href="{atom:link[@rel='current']/@href}">%(newest)s</a></p>
    </xsl:when>
    <xsl:otherwise>
     <p class="credit-correction">%(for_programs)s<xsl:if test="atom:link[@rel='self']"><br/>%(copy_address)s:
      <strong><xsl:value-of select="atom:link[@rel='self']/@href"/></strong></xsl:if></p>
    </xsl:otherwise>
   </xsl:choose>
   <xsl:if test="not($entries)"><p>%(nothing_yet)s</p></xsl:if>
   <ol class="entries"><xsl:apply-templates select="$entries"/></ol>
  </main>
  <footer><p>%(footer)s</p></footer>
 </body>
 </html>
</xsl:template>

<xsl:template match="item">
 <li><article>
  <h2><a href="{link}"><xsl:value-of select="title"/></a></h2>
  <time datetime="{atom:updated}"><xsl:value-of select="substring(atom:updated, 1, 10)"/></time>
  <p><xsl:value-of select="description"/></p>
  <p><xsl:value-of select="dc:creator"/></p>
 </article></li>
</xsl:template>

<xsl:template match="atom:entry">
 <li><article>
  <h2><a href="{atom:link[@rel='alternate']/@href}"><xsl:value-of select="atom:title"/></a></h2>
  <time datetime="{atom:updated}"><xsl:value-of select="substring(atom:updated, 1, 10)"/></time>
  <p><xsl:value-of select="atom:summary"/></p>
  <p><xsl:for-each select="atom:author"><xsl:if test="position() &gt; 1">, </xsl:if>
   <xsl:value-of select="atom:name"/></xsl:for-each></p>
 </article></li>
</xsl:template>
</xsl:stylesheet>
"""


def stylesheet(language: str) -> bytes:
    """The stylesheet with its wordings in this language, or in English if it has none."""
    w = words(language)
    said = {
        "about_archive": w.about_archive,
        "newest": w.newest,
        "for_programs": w.for_programs,
        "copy_address": w.copy_address,
        "nothing_yet": w.nothing_yet,
        "footer": w.footer,
        "style": STYLE,
    }
    return (_SHEET % {"language": w.language, **{name: escape(text) for name, text in said.items()}}).encode()
