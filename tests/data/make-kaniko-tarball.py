#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes kaniko-app.tar: a small image tarball as kaniko writes it, with a secret in it. The same bytes each time."""

import gzip
import hashlib
import io
import json
import os
import tarfile

TIME = 1700000000


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def layer(entries):
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, mode, content in entries:
            info = tarfile.TarInfo(name)
            info.mtime = TIME
            info.mode = mode
            if content is None:
                info.type = tarfile.DIRTYPE
                tar.addfile(info)
            elif isinstance(content, tuple):
                info.type, info.linkname = content
                tar.addfile(info)
            else:
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
    return raw.getvalue()


LAYERS = [
    layer([
        ("etc/", 0o755, None),
        ("etc/os-release", 0o644, b'NAME="Quickstart"\nID=quickstart\n'),
        ("etc/ssl/private/", 0o700, None),
        ("etc/ssl/private/server.key", 0o600, b"-----BEGIN PRIVATE KEY-----\nnot a real one\n-----END PRIVATE KEY-----\n"),
        ("usr/bin/", 0o755, None),
        ("usr/bin/tool", 0o755, b"#!/bin/sh\necho tool\n"),
        ("usr/bin/tool-again", 0o755, (tarfile.LNKTYPE, "usr/bin/tool")),
        ("bin", 0o777, (tarfile.SYMTYPE, "usr/bin")),
    ]),
    layer([
        ("app/", 0o755, None),
        ("app/main.sh", 0o755, b"#!/bin/sh\nexec tool\n"),
        ("app/.env", 0o600, b"PASSWORD=not-a-real-one\n"),
        ("app/README.md", 0o644, b"# The app\n" * 40),
    ]),
    layer([
        ("app/.wh..env", 0o600, b""),
    ]),
]


def main():
    compressed = [gzip.compress(raw, mtime=0) for raw in LAYERS]
    config = json.dumps({
        "architecture": "amd64",
        "os": "linux",
        "created": "2023-11-14T22:13:20Z",
        "config": {"Env": ["PATH=/usr/bin"], "Entrypoint": ["/app/main.sh"], "WorkingDir": "/app"},
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + sha256(raw) for raw in LAYERS]},
        # Kaniko writes fewer entries than there are layers.
        "history": [{"created": "2023-11-14T22:13:20Z", "created_by": "COPY rootfs /", "author": "kaniko"}],
    }, separators=(",", ":")).encode()
    members = [("sha256:" + sha256(config), config)]
    members += [(sha256(data) + ".tar.gz", data) for data in compressed]
    manifest = [{"Config": members[0][0], "RepoTags": ["example/app:1"], "Layers": [name for name, _ in members[1:]]}]
    members.append(("manifest.json", json.dumps(manifest, separators=(",", ":")).encode()))

    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "kaniko-app.tar")
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as tar:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            info.mtime = TIME
            tar.addfile(info, io.BytesIO(data))


if __name__ == "__main__":
    main()
