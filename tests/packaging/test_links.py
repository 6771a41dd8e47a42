"""Every link and picture in the project's Markdown leads somewhere, and every page can be found."""

import functools
import os
import re
from collections import Counter
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).parents[2]
NOT_OURS = {".git", "build", "dist", "node_modules", "vendor", "user_data"}
"""Folders of what is fetched, built or made by running."""

FENCE = re.compile(r"^ *(```+|~~~+).*?^ *\1[^\n]*$", re.M | re.S)
CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)", re.S)
COMMENT = re.compile(r"<!--.*?-->", re.S)
INLINE = re.compile(r"!?\[(?:[^\[\]]|!?\[[^\]]*\]\([^)]*\))*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
NESTED = re.compile(r"!\[[^\]]*\]\(\s*<?([^)\s>]+)>?\s*\)")
REFERENCE = re.compile(r"^ {0,3}\[[^\]]+\]:\s*<?([^\s>]+)", re.M)
ATTRIBUTE = re.compile(r"<(?:a|img|source)\b[^>]*?\b(?:href|src|srcset)=[\"']([^\"']+)[\"']", re.I)
HEADING = re.compile(r"^ {0,3}#{1,6}\s+(.*?)\s*#*\s*$", re.M)
ANCHOR = re.compile(r"<[a-z]+\b[^>]*?\b(?:id|name)=[\"']([^\"']+)[\"']", re.I)
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.I)


@functools.cache
def files() -> list[Path]:
    found = []
    for folder, below, names in os.walk(ROOT):
        below[:] = [name for name in below if name not in NOT_OURS and not name.startswith(".venv")]
        found += [Path(folder, name) for name in names]
    return sorted(found)


def documents() -> list[Path]:
    return [file for file in files() if file.suffix == ".md"]


def targets(text: str) -> list[str]:
    """Return what a page links to, pictures included, as it is written; examples in code are none."""
    text = CODE.sub("code", FENCE.sub("", COMMENT.sub("", text)))
    forms = (INLINE, NESTED, REFERENCE, ATTRIBUTE)
    return sorted({target for form in forms for target in form.findall(text)})


def anchors(text: str) -> set[str]:
    """Return the names that GitHub gives to the headings of a page, and those that stand in its HTML."""
    text = FENCE.sub("", text)
    seen: Counter[str] = Counter()
    found = set(ANCHOR.findall(text))
    for heading in HEADING.findall(text):
        shown = re.sub(r"!?\[([^\]]*)\]\([^)]*\)|[`*]|<[^>]+>", r"\1", heading)
        name = re.sub(r"[^\w\- ]", "", shown.lower()).strip().replace(" ", "-")
        found.add(f"{name}-{seen[name]}" if seen[name] else name)
        seen[name] += 1
    return found


def broken(page: Path, text: str, root: Path = ROOT) -> list[str]:
    """Return each link of the page that leads nowhere, with the reason."""
    found = []
    for target in targets(text):
        if ELSEWHERE.match(target):
            continue
        name, _, anchor = target.partition("#")
        file = Path(os.path.normpath(page.parent / unquote(name))) if name else page
        if name.startswith("/") or not file.is_relative_to(root):
            found.append(f"{target}: leaves the project")
        elif not file.exists():
            found.append(f"{target}: no such file")
        elif anchor and (file.suffix != ".md" or anchor not in anchors(file.read_text(encoding="utf-8"))):
            found.append(f"{target}: no such heading")
    return found


@pytest.mark.parametrize("page", documents(), ids=lambda page: str(page.relative_to(ROOT)))
def test_links_and_pictures_lead_somewhere(page: Path) -> None:
    assert broken(page, page.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[a](there.md) [b](there.md#one-thing) [c](#own-words) [d](folder/) ![e](a%20b.png)", []),
        ("[a](there.md#the-thing-1) <a href='there.md#by-hand'>x</a> [out](https://example.org/x.md)", []),
        ("`[a](example.md)`\n\n```\n[b](example.md)\n```\n<!-- [c](example.md) -->", []),
        ("[a](gone.md)", ["gone.md: no such file"]),
        ("![a](gone.png)", ["gone.png: no such file"]),
        ("[![a](gone.png)](there.md)", ["gone.png: no such file"]),
        ("[a](there.md#gone)", ["there.md#gone: no such heading"]),
        ("[a](#gone)", ["#gone: no such heading"]),
        ("[a](../outside.md)", ["../outside.md: leaves the project"]),
        ("[a](/there.md)", ["/there.md: leaves the project"]),
        ("[a][b]\n\n[b]: gone.md", ["gone.md: no such file"]),
        ('<img src="gone.png" alt="">', ["gone.png: no such file"]),
    ],
)
def test_a_broken_link_is_found(tmp_path: Path, text: str, found: list[str]) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "a b.png").touch()
    (tmp_path / "there.md").write_text("# One `thing`\n## The thing\n## The thing\n<a id='by-hand'></a>\n")
    page = tmp_path / "page.md"
    page.write_text("# Own words\n" + text)
    assert broken(page, page.read_text(), tmp_path) == found


@pytest.mark.parametrize("folder", ["docs", "docs/decisions"])
def test_the_index_of_a_folder_names_each_of_its_pages(folder: str) -> None:
    index = ROOT / folder / "README.md"
    named = {target.partition("#")[0] for target in targets(index.read_text(encoding="utf-8"))}
    there = {page.name for page in index.parent.glob("*.md")} - {"README.md"}
    assert sorted(there - named) == []


def test_pictures_say_what_they_show() -> None:
    """For those who cannot see them, and where they do not load."""
    silent = {
        str(page.relative_to(ROOT))
        for page in documents()
        if re.search(r"!\[\s*\]\(", CODE.sub("", FENCE.sub("", page.read_text(encoding="utf-8"))))
    }
    assert silent == set()


PATH = re.compile(r"`([\w.-]+(?:/[\w.-]+)*/[\w-]+\.(?:pyi?|toml|sh|css|js|html|service))`")


@pytest.mark.parametrize(
    "page",
    [page for page in documents() if page.name != "CHANGELOG.md"],
    ids=lambda page: str(page.relative_to(ROOT)),
)
def test_named_files_are_where_the_pages_say(page: Path) -> None:
    """From the root, from `appliance/`, or from the floor that the sentence is about."""
    there = [f"/{path.relative_to(ROOT)}" for path in files()]
    named = PATH.findall(page.read_text(encoding="utf-8"))
    assert [name for name in named if not any(path.endswith(f"/{name}") for path in there)] == []
