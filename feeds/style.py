"""The look of published pages: one small style sheet that each page carries inside.

Knows: CSS. It names no font, picture or address outside, so a page is whole by itself, on paper and off line.
Its digest stands in the Content-Security-Policy that feeds/static.py sends, so nothing else may style a page.
"""

from __future__ import annotations

PALETTE = """:root{color-scheme:light dark;--paper:#fdfcf9;--ink:#1d1c1a;--soft:#5d5a54;
--line:#dcd7cc;--link:#0b5563;--panel:#f4f0e6}
@media (prefers-color-scheme:dark){:root{--paper:#171613;--ink:#ece8df;--soft:#aca698;
--line:#3a3730;--link:#8fd0dd;--panel:#22201b}}"""

STYLE = (
    PALETTE
    + """
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);overflow-wrap:break-word;
font:1.125rem/1.65 Charter,"Bitstream Charter","Source Serif 4","Noto Serif",Georgia,serif}
a{color:var(--link);text-underline-offset:.15em}
a:hover{text-decoration-thickness:.12em}
:focus-visible{outline:3px solid var(--link);outline-offset:3px;border-radius:2px}
.skip{display:inline-block;padding:.5rem 1rem}
.skip:not(:focus){position:absolute;width:1px;height:1px;padding:0;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
body>header,main,body>footer{max-width:42rem;margin:0 auto;padding:1rem 1.25rem}
body>header,body>footer,.meta,.entries time,.entries p,h1+.meta{
font-family:system-ui,"Segoe UI",Roboto,"Helvetica Neue",sans-serif}
body>header{border-bottom:1px solid var(--line);font-size:.95rem}
body>header a{font-weight:600;text-decoration:none}
h1{font-size:clamp(1.7rem,5.5vw,2.5rem);line-height:1.15;margin:1.5rem 0 .75rem;text-wrap:balance;letter-spacing:-.01em}
h2{font-size:1.35rem;line-height:1.3;margin:2.2rem 0 .6rem}
h3{font-size:1.15rem;line-height:1.35;margin:1.8rem 0 .5rem}
p,ul,ol,pre,blockquote{margin:0 0 1.1rem}
.meta,.lead{color:var(--soft)}
.meta{font-size:.9rem;margin:0 0 1.25rem}
.lead{font-size:1.2rem}
.kicker{margin:1.5rem 0 -1rem;
font:600 .95rem/1.4 system-ui,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;color:var(--link)}
blockquote{margin-inline:0;padding-inline-start:1.1rem;border-inline-start:4px solid var(--line);color:var(--soft)}
pre{overflow-x:auto;padding:.8rem 1rem;background:var(--panel);font-size:.9rem}
img{max-width:100%;height:auto}
table{display:block;overflow-x:auto;border-collapse:collapse}
.credit-byline{font-weight:600;margin-bottom:.35rem}
[class^=credit-]:not(.credit-byline){font-family:system-ui,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;
font-size:.9rem;line-height:1.5;color:var(--soft);margin-bottom:.35rem}
.credit-changes{padding-bottom:1rem;border-bottom:1px solid var(--line);margin-bottom:1.4rem!important}
.credit-correction,.credit-withdrawn{padding:.7rem 1rem;background:var(--panel);border-radius:6px}
.credit-original{padding-top:1rem;border-top:1px solid var(--line);margin-top:1.8rem}
.entries{list-style:none;padding:0}
.entries>li{padding:1.1rem 0;border-bottom:1px solid var(--line)}
.entries h2{margin:0 0 .25rem}
.entries h2 a:not(:hover,:focus){text-decoration:none}
.entries p{margin:.25rem 0 0;font-size:.95rem;color:var(--soft)}
.entries time{font-size:.85rem;color:var(--soft)}
.feeds{display:flex;flex-wrap:wrap;gap:.25rem 1rem;list-style:none;padding:0;margin:0 0 .75rem}
.feeds-title{margin:0 0 .25rem}
body>footer{margin-top:2rem;border-top:1px solid var(--line);font-size:.9rem;color:var(--soft)}
@media print{body{background:#fff;color:#000;font-size:11pt}body>header,.skip,.feeds,.feeds-title{display:none}
a{color:inherit}article a[href^="http"]::after{content:" (" attr(href) ")";font-size:.8em;overflow-wrap:anywhere}
.credit-original a::after,.meta a::after{content:none!important}
main{max-width:none}h1,h2,h3{break-after:avoid}}
@media (prefers-contrast:more){:root{--soft:var(--ink);--line:currentColor}}"""
)
