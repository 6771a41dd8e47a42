"""A release that is built for the root of a host runs below any path."""

import pytest

from appliance.server.frequi.below_path import is_movable, relative, with_base

PAGE = b"""<!DOCTYPE html>
<html lang="en"><head>
<link rel="icon" href="/favicon.ico"><script type="module" crossorigin src="/assets/index-A1.js"></script>
</head><body><a href="//elsewhere.example/">x</a></body></html>"""


def test_links_of_the_page_become_relative_to_its_base():
    page = with_base(relative(".html", PAGE), "/bots/one/ui/")
    assert b'<head>\n  <base href="/bots/one/ui/">' in page
    assert b'href="favicon.ico"' in page
    assert b'src="assets/index-A1.js"' in page
    assert b'href="//elsewhere.example/"' in page, "another host stays another host"


def test_a_base_is_never_markup():
    assert b"<script>alert" not in with_base(PAGE, '/"><script>alert(1)</script>/')


@pytest.mark.parametrize("quote", ['"', "'", "`"])
def test_the_router_takes_its_path_from_the_base(quote):
    script = f"Q=r_({{history:Mg({quote}/{quote}),routes:Z}})".encode()
    assert is_movable(script)
    assert relative(".js", script) == f"Q=r_({{history:Mg({quote}{quote}),routes:Z}})".encode()


def test_later_scripts_are_loaded_from_the_base():
    script = b'G$=function(e){return`/`+e},Q=r({history:a("/")})'
    assert b"function(e){return document.baseURI+e}" in relative(".js", script)


def test_other_scripts_are_left_alone():
    script = b'f=e=>{return"/"+e}; path = "/"; history.pushState("/")'
    assert relative(".js", script) == script


def test_style_sheets_name_files_beside_them():
    style = b"a{background:url(/assets/a.png)} b{src:url('/assets/b.woff2')} c{background:url(data:x)}"
    assert relative(".css", style) == (
        b"a{background:url(../assets/a.png)} b{src:url('../assets/b.woff2')} c{background:url(data:x)}"
    )
