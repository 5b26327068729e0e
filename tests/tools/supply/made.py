"""Packages as an installer leaves them, made for a test."""

from __future__ import annotations

from pathlib import Path


def package(site: Path, name: str, version: str, *metadata: str, **files: str | bytes) -> Path:
    """Put one into a folder; `files` are named by their path with `__` for `/` and `_DOT_` for a dot."""
    info = site / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    lines = ("Metadata-Version: 2.4", f"Name: {name}", f"Version: {version}", *metadata)
    (info / "METADATA").write_text("\n".join(lines) + "\n", encoding="utf-8")
    paths = [info / "METADATA"]
    for given, content in files.items():
        path = site / given.replace("INFO", info.name).replace("__", "/").replace("_DOT_", ".").replace("_DASH_", "-")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        paths.append(path)
    record = "".join(f"{path.relative_to(site).as_posix()},,\n" for path in paths)
    (info / "RECORD").write_text(record, encoding="utf-8")
    return info
