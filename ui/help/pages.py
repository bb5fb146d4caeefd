"""The help pages that ship with Backlit: Markdown, one file a page, in the order of their names."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from simulator.resource_files import resource_path


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its id, the title in its first line, and its Markdown."""

    id: str
    title: str
    markdown: str

    def has(self, words: str) -> bool:
        """Whether every one of these words stands in it."""
        text = self.markdown.casefold()
        return all(word in text for word in words.casefold().split())


@lru_cache(maxsize=1)
def help_pages() -> tuple[Page, ...]:
    """All pages, in order."""
    pages = []
    for path in sorted(resource_path("help").glob("*.md")):
        text = path.read_text(encoding="utf-8")
        title = text.splitlines()[0].removeprefix("# ")
        pages.append(Page(path.stem.partition("-")[2], title, text))
    return tuple(pages)
