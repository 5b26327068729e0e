"""The pages of the Chromium peers: `tests/web/*.js` with their servers' own client libraries, in `.cache/web/`.

`peer.js` becomes `bundle.js`; `lasuite.js`, which adds to it what La Suite Meet's web client does, becomes `meet.js`;
`janus.js` has Janus' library, `oneway.js` none: WHIP and WHEP need no more than a browser.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from tools.shell import CACHE, ROOT, must_run, say

BUNDLE = CACHE / "web" / "bundle.js"
JANUS_BUNDLE = BUNDLE.with_name("janus-bundle.js")
ONE_WAY_BUNDLE = BUNDLE.with_name("oneway-bundle.js")
_SOURCE = ROOT / "tests" / "web"
_PAGES = ("peer.js", "lasuite.js", "lasuite_options.js", "media.js", "janus.js", "oneway.js")
_FILES = ("package.json", "package-lock.json", *_PAGES)
_BUNDLES = {
    "peer.js": BUNDLE.name,
    "lasuite.js": "meet.js",
    "janus.js": JANUS_BUNDLE.name,
    "oneway.js": ONE_WAY_BUNDLE.name,
}


def set_up() -> Path:
    """Install and bundle unless nothing has changed; raises `SetUpError`."""
    digest = hashlib.sha256(b"".join((_SOURCE / name).read_bytes() for name in _FILES)).hexdigest()
    stamp = BUNDLE.with_name("stamp")
    if BUNDLE.exists() and stamp.exists() and stamp.read_text(encoding="ascii") == digest:
        return BUNDLE
    say("bundling the browser's page")
    folder = BUNDLE.parent
    folder.mkdir(parents=True, exist_ok=True)
    for name in _FILES:
        shutil.copyfile(_SOURCE / name, folder / name)
    must_run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=folder)
    esbuild = folder / "node_modules/.bin/esbuild"
    # The encryption's worker travels inside the bundle: a page from a file may load no other file.
    as_text = "--loader:.e2ee.worker.mjs=text"
    options = ["--bundle", "--minify", "--log-level=warning", as_text]
    for source, bundle in _BUNDLES.items():
        must_run([esbuild, source, *options, f"--outfile={bundle}"], cwd=folder)
    stamp.write_text(digest, encoding="ascii")
    return BUNDLE
