"""Code of others that ships with the package, in the version that its manifest names.

python -m tests.vendored            whether the files are those of the manifest
python -m tests.vendored 1.30.0     take another version from npm, and write it down
"""

import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import autograd_core

FOLDER = Path(autograd_core.__file__).parent / "exploring" / "page" / "vendor"
MANIFEST = FOLDER / "manifest.json"
SOURCES = {"wasm-graphviz.js": "package/dist/index.js", "LICENSE": "package/LICENSE"}


def manifest():
    """What is vendored: package, version, licence, and the SHA-256 of every file."""
    return json.loads(MANIFEST.read_text())


def sums():
    """The SHA-256 of the files as they are."""
    return {name: hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() for name in SOURCES}


def take(version):
    """Replace the files by those of a version from npm."""
    known = manifest()
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", f"{known['package']}@{version}"]
        packed = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.split()[-1]
        with tarfile.open(Path(folder) / packed) as archive:
            for name, member in SOURCES.items():
                file = archive.extractfile(member)
                assert file is not None, f"{packed} has no {member}"
                (FOLDER / name).write_bytes(file.read())
            about = json.load(archive.extractfile("package/package.json"))
    changes = {"version": about["version"], "licence": about["license"], "sha256": sums()}
    MANIFEST.write_text(json.dumps(known | changes, indent=2) + "\n")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        take(sys.argv[1])
    if sums() != manifest()["sha256"]:
        sys.exit(f"files in {FOLDER} are not those of the manifest: python -m tests.vendored {manifest()['version']}")
    print(f"{manifest()['package']} {manifest()['version']}, {manifest()['licence']}")
