"""The release build that is measured."""

import subprocess

from .places import REPOSITORY


def build(with_hanok: bool) -> None:
    packages = ["hanok-bench-load"] + ["hanok"] * with_hanok
    if with_hanok:
        # The release holds the assets in itself.
        subprocess.run(["make", "assets"], cwd=REPOSITORY, check=True)
    command = ["cargo", "build", "--locked", "--release"]
    for package in packages:
        command += ["-p", package]
    subprocess.run(command, cwd=REPOSITORY, check=True)
