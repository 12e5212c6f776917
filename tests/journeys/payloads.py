"""Texts that would run as script where they were not escaped: 66 of them, for every place of a page that a text may
stand in.
"""

from __future__ import annotations

RUN = "window.__pwned=1"
PAYLOADS = (
    # elements
    f"<script>{RUN}</script>", f"<SCRIPT SRC=data:text/javascript,{RUN}></SCRIPT>",
    f"<scr<script>ipt>{RUN}</scr</script>ipt>", f"<script\t>{RUN}</script\n>",
    f"</script><script>{RUN}</script>", f"<script>//<!--\n{RUN}//--></script>", f"<script type=module>{RUN}</script>",
    f"<svg><script>{RUN}</script></svg>",
    f"<img src=x onerror={RUN}>", f"<img/src='x'/onerror={RUN}>", f"<img src=x:x onerror\t=\n{RUN}>",
    f"<IMG SRC=x OnErRoR={RUN}>", f"<img src onerror={RUN} ",
    f"<img srcset=x onerror={RUN}>", f"<image src=x onerror={RUN}>", f"<svg/onload={RUN}>", f"<svg onload={RUN}//",
    f"<svg><g onload={RUN}></g></svg>",
    f"<svg><animate onbegin={RUN} attributeName=x dur=1s>", f"<svg><set attributeName=onmouseover to={RUN}>",
    f"<svg><a xlink:href=javascript:{RUN}><text y=9>x",
    f"<svg><foreignObject><body onload={RUN}></foreignObject></svg>",
    f"<svg><use href=data:image/svg+xml,<svg%20onload={RUN}>>", f"<math href=javascript:{RUN}>x</math>",
    f"<math><mtext><style><img title='</style><img src=x onerror={RUN}>'>", f"<body onload={RUN}>",
    f"<body onpageshow={RUN}>", f"<iframe src=javascript:{RUN}></iframe>",
    f"<iframe srcdoc='<script>parent.{RUN[7:]}</script>'></iframe>", f"<iframe onload={RUN}></iframe>",
    f"<object data=javascript:{RUN}></object>",
    f"<embed src=javascript:{RUN}>", f"<video><source onerror={RUN}></video>", f"<video src=x onerror={RUN}></video>",
    f"<audio src=x onerror={RUN}></audio>",
    f"<details open ontoggle={RUN}>x</details>", f"<input autofocus onfocus={RUN}>",
    f"<select autofocus onfocus={RUN}>", f"<textarea autofocus onfocus={RUN}>",
    f"<button popovertarget=p onclick={RUN}>x</button>", f"<form action=javascript:{RUN}><button>x</button></form>",
    f"<isindex action=javascript:{RUN} type=image>",
    f"<marquee onstart={RUN}>x</marquee>", f"<x contenteditable onblur={RUN} tabindex=1>x",
    f"<x onpointerenter={RUN}>x", f"<style>@import 'data:text/css,x'</style><x onanimationend={RUN}>",
    f"<link rel=stylesheet href=x onerror={RUN}>", f"<meta http-equiv=refresh content='0;url=javascript:{RUN}'>",
    "<base href=//elsewhere.invalid/>",
    f"<template><script>{RUN}</script></template>", f"<a href=javascript:{RUN}>x</a>",
    f"<a href='java&#9;script:{RUN}'>x</a>", f"<a href=data:text/html,<script>{RUN}</script>>x</a>",
    # ways out of what stands around
    f'"><img src=x onerror={RUN}>', f"'><svg onload={RUN}>", f"</textarea><img src=x onerror={RUN}>",
    f"</title><script>{RUN}</script>", f"--><script>{RUN}</script>",
    f"]]><script>{RUN}</script>", f'" autofocus onfocus="{RUN}" x="',
    f"' onmouseover='{RUN}' style='position:fixed;inset:0' x='", f"` onfocus={RUN} autofocus `",
    # no markup, but not text everywhere
    f"javascript:{RUN}", f"\x01java\tscript:{RUN}//".replace("\x01", " "),
    f"{{{{ {RUN} }}}}{{% set x = cycler.__init__.__globals__ %}}${{7*7}}#{{7*7}}",
    f"\\u003cscript\\u003e{RUN}\\u003c/script\\u003e ＜script＞{RUN}＜/script＞ %3Cscript%3E &lt;script&gt;",
)  # fmt: skip
