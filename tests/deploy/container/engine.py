"""Containers without a daemon: buildah, podman and podman-compose."""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

IMAGES = Path(__file__).parent / "images"
CLONE_NEWNET = 0x40000000
# What needs no systemd, no user session and no other kernel than that of a small machine.
SETTINGS = """\
[containers]
default_ulimits = ["nofile=1024:20000", "nproc=1000:2000"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
[network]
network_backend = "netavark"
network_config_dir = "{root}/networks"
"""
STORAGE = """\
[storage]
driver = "overlay"
graphroot = "{root}/images"
runroot = "{root}/run"
"""
# Nothing is pulled, and HEALTHCHECK needs the format of Docker. The certificates are those that
# this machine trusts its package registries with.
BUILD = ("--format=docker", "--isolation=chroot", "--network=host")
CERTIFICATES = "--volume=/etc/ssl/certs:/etc/ssl/certs:ro"
NOT_IN_AN_IMAGE = ("proc", "sys", "dev", "var/cache/apt", "var/lib/apt/lists")
NOT_IN_A_SLIM_IMAGE = ("usr/share/doc", "usr/share/man", "usr/share/locale")


class Network:
    """A separate network namespace with its own ports, without access to other networks."""

    def __init__(self) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._outside = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        self._call(self._libc.unshare(CLONE_NEWNET))
        self._inside = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        self._call(self._libc.setns(self._outside, CLONE_NEWNET))

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Move this thread, and the processes that it starts, into the namespace."""
        self._call(self._libc.setns(self._inside, CLONE_NEWNET))
        try:
            yield
        finally:
            self._call(self._libc.setns(self._outside, CLONE_NEWNET))

    @staticmethod
    def _call(failed: int) -> None:
        assert not failed, os.strerror(ctypes.get_errno())


class Engine:
    """Images and containers, separate from those of this machine."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "containers.conf").write_text(SETTINGS.format(root=root))
        (root / "storage.conf").write_text(STORAGE.format(root=root))
        self.environment = {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(root),
            "CONTAINERS_CONF": str(root / "containers.conf"),
            "CONTAINERS_STORAGE_CONF": str(root / "storage.conf"),
            # The tests run health checks themselves, instead of timers of systemd.
            "DISABLE_HC_SYSTEMD": "true",
        }

    def run(self, *words: object, folder: Path | None = None, fails: bool = False) -> str:
        """Run a command that must succeed, or must fail, and return its output."""
        done = subprocess.run(
            [str(word) for word in words],
            cwd=folder or self.root,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            check=False,
        )
        assert bool(done.returncode) is fails, f"{words}\n{done.stdout}"
        return done.stdout

    def make_base(self, name: str) -> None:
        """Build an image with Debian's Python, under the name that a Dockerfile uses."""
        system = self.root / "debian"
        python = "python3,python3-venv,python3-pip,python-is-python3,ca-certificates"
        self.run("debootstrap", "--variant=minbase", f"--include={python}", "trixie", system)
        for marker in system.glob("usr/lib/python3*/EXTERNALLY-MANAGED"):
            marker.unlink()  # in this image pip may install, as in the official one
        tar = self.root / "debian.tar"
        left_out = [f"--exclude=./{path}/*" for path in NOT_IN_AN_IMAGE + NOT_IN_A_SLIM_IMAGE]
        self.run("tar", f"--directory={system}", *left_out, f"--file={tar}", "--create", ".")
        certificates = "ENV=SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"
        self.run("podman", "import", "--change", certificates, tar, f"docker.io/library/{name}")
        tar.unlink()
        shutil.rmtree(system)

    def make_servers(self, names: dict[str, str]) -> None:
        """Build the images of servers.

        Args:
            names: the stages of `servers.Dockerfile`, and the names of their images.
        """
        for stage, name in names.items():
            full = name if "/" in name else f"library/{name}"
            self.run(
                *("buildah", "bud", *BUILD, "--pull-never", "--layers", "--target", stage),
                *("--file", IMAGES / "servers.Dockerfile", "--tag", f"docker.io/{full}", IMAGES),
            )

    def size(self, image: str) -> float:
        """Return the size of an image in megabytes."""
        printed = self.run("podman", "image", "inspect", "--format", "{{.Size}}", image)
        return int(printed) / 1e6


class Compose:
    """The file `deploy/compose/compose.yaml` of a project, run by podman-compose."""

    def __init__(self, engine: Engine, project: Path) -> None:
        self.engine = engine
        self.folder = project / "deploy" / "compose"
        (self.name,) = re.findall(r'^name: "(.+)"$', self.read("compose.yaml"), re.MULTILINE)

    def read(self, name: str) -> str:
        return (self.folder / name).read_text("utf-8")

    def __call__(self, *words: str) -> str:
        return self.engine.run("podman-compose", *words, folder=self.folder)

    def container(self, service: str) -> str:
        return f"{self.name}_{service}_1"

    def inside(self, service: str, *words: str, fails: bool = False) -> str:
        """Run a command in the container of a service."""
        return self.engine.run("podman", "exec", self.container(service), *words, fails=fails)

    def inspect(self, service: str, what: str) -> str:
        container = self.container(service)
        return self.engine.run(
            "podman", "inspect", "--format", f"{{{{{what}}}}}", container
        ).strip()

    def is_healthy(self, service: str) -> bool:
        return not subprocess.run(
            ["podman", "healthcheck", "run", self.container(service)],
            env=self.engine.environment,
            capture_output=True,
            check=False,
        ).returncode

    def is_found(self, service: str) -> bool:
        """Return whether the proxy can resolve the name of a service."""
        words = ("exec", self.container("proxy"), "getent", "hosts", service)
        return not subprocess.run(
            ["podman", *words], env=self.engine.environment, capture_output=True, check=False
        ).returncode

    def take_up(self, service: str) -> None:
        """Wait for a new web container, and reload the proxy so that it uses its IP address."""
        self.wait(service)
        deadline = time.monotonic() + 30
        # The name is available a moment after the container.
        while not self.is_found(service):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        self("exec", "-T", "proxy", "nginx", "-s", "reload")

    def wait(self, *services: str, seconds: float = 60) -> None:
        """Wait for the condition that Compose calls `service_healthy`."""
        deadline = time.monotonic() + seconds
        while not all(map(self.is_healthy, services)):
            assert time.monotonic() < deadline, [
                self.engine.run("podman", "logs", "--tail=30", self.container(name))
                for name in services
            ]
            time.sleep(0.1)
