#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes the files that the fuzz tests begin with, by the tools that make layers and manifests.
# The index of several platforms, buildkit.json, is written by hand, as BuildKit writes it.
# Needs GNU tar, python3, git, gzip, pigz, zstd, xz, bzip2, umoci and skopeo. Run it in this folder.
set -eu
export LC_ALL=C.UTF-8 TZ=UTC GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
here=$(pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$here/tar" "$here/gzip" "$here/zstd" "$here/xz" "$here/bzip2" "$here/manifest" "$here/index" "$here/config" "$here/schema1"

# A little of everything that is in layers.
mkdir "$work/root"
cd "$work/root"
mkdir -p etc/ssl usr/lib
printf 'root:x:0:0:root:/root:/bin/sh\n' > etc/passwd
seq 1 120 > usr/lib/numbers
: > etc/empty
ln -s ../usr/lib/numbers etc/link
ln usr/lib/numbers usr/lib/second
: > etc/.wh.gone
mkfifo etc/pipe
create() { tar --sort=name --owner=1000 --group=100 --numeric-owner --mtime=@1700000000 --record-size=512 "$@"; }
create --format=gnu -cf "$here/tar/gnu.tar" .
create --format=oldgnu -cf "$here/tar/oldgnu.tar" etc
create --format=ustar -cf "$here/tar/ustar.tar" etc usr
create --format=v7 -cf "$here/tar/v7.tar" etc/passwd usr
create --format=posix --pax-option='exthdr.name=%d/x/%f,delete=atime,delete=ctime,comment=c' --mtime='2023-11-14 22:13:20.123456' -cf "$here/tar/posix.tar" etc usr

long=$(printf 'directory-%s/' 1 2 3 4 5 6 7 8 9 10 11)name
mkdir -p "$(dirname "$long")"
echo long > "$long"
ln -s "$long" to-long
create --format=gnu -cf "$here/tar/gnu-long.tar" "$long" to-long
create --format=posix --pax-option='exthdr.name=x,delete=atime,delete=ctime' -cf "$here/tar/posix-long.tar" "$long" to-long

truncate -s 100000 sparse
printf begin | dd of=sparse conv=notrunc status=none
printf end | dd of=sparse bs=1 seek=70000 conv=notrunc status=none
for format in 0.0 0.1 1.0; do
    create --sparse --sparse-version=$format --format=posix --pax-option='exthdr.name=x,delete=atime,delete=ctime' -cf "$here/tar/sparse-$format.tar" sparse
done
create --sparse --format=gnu -cf "$here/tar/sparse-gnu.tar" sparse

python3 - "$here/tar" <<'PYTHON'
import io, sys, tarfile
for name, kind in ('pax', tarfile.PAX_FORMAT), ('gnu', tarfile.GNU_FORMAT):
    with tarfile.open(f'{sys.argv[1]}/python-{name}.tar', 'w', format=kind, bufsize=512) as tar:
        for path, size in ('a', 10), ('b' * 120, 600), ('größe/\udcff', 1):
            member = tarfile.TarInfo(path)
            member.size, member.uid, member.mtime = size, 5_000_000, 1700000000.5
            if name == 'pax':
                member.pax_headers = {'SCHILY.xattr.user.key': 'value'}
            tar.addfile(member, io.BytesIO(b'x' * size))
        device = tarfile.TarInfo('dev/null')
        device.type, device.devmajor, device.devminor = tarfile.CHRTYPE, 1, 3
        tar.addfile(device)
PYTHON

git init -q "$work/git"
cd "$work/git"
echo text > file
git add file
GIT_AUTHOR_DATE=@1700000000 GIT_COMMITTER_DATE=@1700000000 git -c user.name=n -c user.email=e commit -qm one
git archive --format=tar HEAD | head -c 3072 > "$here/tar/git.tar"

cd "$here"
layer=tar/ustar.tar
gzip -9nc $layer > gzip/gzip.gz
gzip -1c < tar/gnu.tar > gzip/stored-name.gz
pigz -nc $layer > gzip/pigz.gz
pigz -nic -b 128 $layer > gzip/independent.gz
(gzip -nc tar/git.tar; gzip -nc $layer) > gzip/members.gz
head -c 600 /usr/bin/gzip | gzip -nc > gzip/binary.gz
zstd -q -3 -c $layer > zstd/zstd.zst
zstd -q -19 --no-check -c < $layer > zstd/stream.zst
(zstd -q -1 -c tar/git.tar; printf '\120\052\115\030\004\000\000\000skip'; zstd -q -c $layer) > zstd/frames.zst
head -c 600 /usr/bin/gzip | zstd -q -c > zstd/binary.zst
xz -c $layer > xz/xz.xz
xz --check=sha256 -c tar/git.tar > xz/sha256.xz
xz --check=crc32 --block-size=3000 -c $layer > xz/blocks.xz
xz --x86 --lzma2=preset=1 --check=none -c tar/git.tar > xz/x86.xz
bzip2 -c $layer > bzip2/bzip2.bz2
(bzip2 -1c tar/git.tar; bzip2 -9c tar/v7.tar) > bzip2/streams.bz2

cd "$work"
umoci init --layout oci
umoci new --image oci:one
umoci insert --rootless --image oci:one root/etc/passwd /etc/passwd
umoci config --image oci:one --config.env A=1 --config.entrypoint /bin/sh --config.label l=v --config.exposedports 80/tcp --os linux --architecture arm64
umoci insert --rootless --image oci:one root/usr/lib/numbers /numbers
blob() { echo "$work/oci/blobs/sha256/${1#sha256:}"; }
of() { python3 -c "import json,sys; print(eval('json.load(open(sys.argv[1]))' + sys.argv[2]))" "$1" "$2"; }
manifest=$(blob "$(of oci/index.json '["manifests"][0]["digest"]')")
cp "$manifest" "$here/manifest/oci.json"
cp "$(blob "$(of "$manifest" '["config"]["digest"]')")" "$here/config/umoci.json"
cp oci/index.json "$here/index/layout.json"
skopeo --insecure-policy copy -q --format v2s2 oci:oci:one dir:docker
cp docker/manifest.json "$here/manifest/docker.json"
cp "docker/$(of docker/manifest.json '["config"]["digest"]' | cut -d: -f2)" "$here/config/docker.json"
skopeo --insecure-policy copy -q --format v2s1 oci:oci:one dir:schema1
cp schema1/manifest.json "$here/schema1/skopeo.json"
python3 - "$here/schema1" <<'PYTHON'
import json, sys
document = json.load(open(f'{sys.argv[1]}/skopeo.json'))
del document['signatures']
json.dump(document, open(f'{sys.argv[1]}/unsigned.json', 'w'), indent=3)
PYTHON
