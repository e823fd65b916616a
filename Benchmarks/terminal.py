"""What zaichik-tui costs, and how fast it answers keys, in a terminal of a size: run by `make bench-terminal`.

Starts a broker, a load and the program, each from a folder of release binaries; reads the program's processor time and
memory from /proc, and times keys from the press to what they put on the screen.
"""

import argparse
import fcntl
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import time

TICKS = os.sysconf("SC_CLK_TCK")
# What help shows and no pane does, and what shows that it is gone.
HELP = b"this help"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Program:
    """zaichik-tui in a terminal of its own."""

    def __init__(self, binaries, port, size, *topics):
        self.state = tempfile.mkdtemp(prefix="zaichik-terminal-")
        self.pid, self.file = pty.fork()
        if self.pid == 0:
            os.environ.update(
                TERM="xterm-256color", LC_ALL="C.UTF-8", XDG_STATE_HOME=self.state, XDG_CONFIG_HOME=self.state)
            program = str(binaries / "zaichik-tui")
            os.execv(program, [program, "--connect", f"127.0.0.1:{port}", *(f"--subscribe={topic}" for topic in topics)])
        width, height = size
        fcntl.ioctl(self.file, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        os.kill(self.pid, signal.SIGWINCH)
        self.written = 0

    def read(self, seconds, until=None):
        """Reads what the program writes, for a time or until some bytes come. Whether they came."""
        deadline, seen = time.monotonic() + seconds, b""
        while (left := deadline - time.monotonic()) > 0:
            if not select.select([self.file], [], [], left)[0]:
                continue
            part = os.read(self.file, 1 << 16)
            self.written += len(part)
            seen = seen[-256:] + part
            if until and until in seen:
                return True
        return False

    def usage(self):
        """Processor time in s, and resident memory in bytes."""
        fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        pages = int(pathlib.Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return (int(fields[11]) + int(fields[12])) / TICKS, pages * os.sysconf("SC_PAGE_SIZE")

    def cost(self, seconds):
        """Percent of a core, MiB, and KiB written a second."""
        before, written, start = self.usage()[0], self.written, time.monotonic()
        self.read(seconds)
        after, memory = self.usage()
        span = time.monotonic() - start
        return (after - before) / span * 100, memory / (1 << 20), (self.written - written) / span / 1024

    def key_times(self, presses):
        """From the press of `?` to help on the screen, in ms, in order."""
        times = []
        for _ in range(presses):
            start = time.monotonic()
            os.write(self.file, b"?")
            if not self.read(5, until=HELP):
                sys.exit("no help came within 5 s")
            times.append((time.monotonic() - start) * 1000)
            os.write(self.file, b"q")
            self.read(0.1)
        return sorted(times)

    def end(self):
        os.write(self.file, b"\x03")
        deadline = time.monotonic() + 5
        while os.waitpid(self.pid, os.WNOHANG)[0] == 0:
            if time.monotonic() > deadline:
                os.kill(self.pid, signal.SIGKILL)
            try:
                self.read(0.05)
            except OSError:
                time.sleep(0.05)
        os.close(self.file)
        shutil.rmtree(self.state, ignore_errors=True)


class Scene:
    """A broker, and a load on it."""

    def __init__(self, binaries, *load):
        self.port = free_port()
        self.broker = subprocess.Popen(
            [binaries / "zaichik", "serve", "--listen", f"127.0.0.1:{self.port}"], stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                break
            except OSError:
                if time.monotonic() > deadline:
                    sys.exit("the broker does not listen")
                time.sleep(0.05)
        self.load = None
        if load:
            self.load = subprocess.Popen(
                [binaries / "zaichik", "bench", "--connect", f"127.0.0.1:{self.port}", "--duration", "10m", *load],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(3)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in filter(None, [self.load, self.broker]):
            process.kill()
            process.wait()


def row(name, goal, measured, unit, size, digits=1):
    met = "met" if measured <= goal else "MISSED"
    print(f"  {met:7}{name:58}{measured:9.{digits}f} {unit:4} goal {goal:g}  at {size[0]}x{size[1]}", flush=True)
    return measured <= goal


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("binaries", type=pathlib.Path, help="the folder of zaichik and zaichik-tui")
    arguments.add_argument("--size", default="200x60", help="columns and rows of the terminal")
    arguments.add_argument("--seconds", type=float, default=10, help="how long each cost is measured")
    options = arguments.parse_args()
    size = tuple(int(number) for number in re.fullmatch(r"(\d+)x(\d+)", options.size).groups())
    thousand = ("fan-out", "--topics", "100", "--subscribers", "1000")
    scenes = [
        ("idle: a broker without clients", (), 1, 40),
        ("1,000 clients, 10,000 messages/s", (*thousand, "--rate", "10000"), 6, 40),
        ("10 clients, 100,000 messages/s", ("fan-out", "--topics", "10", "--rate", "100000"), 35, 64),
    ]
    good = True
    for name, load, processor, memory in scenes:
        with Scene(options.binaries, *load) as scene:
            program = Program(options.binaries, scene.port, size, ">")
            program.read(5)
            cost, resident, written = program.cost(options.seconds)
            good &= row(name, processor, cost, "% of a core", size)
            good &= row(f"{name}, resident", memory, resident, "MiB", size)
            print(f"         written to the terminal: {written:.0f} KiB/s")
            program.end()
    burst = ("one-to-one", "--messages", "100000000", "--size", "64")
    with Scene(options.binaries, *burst) as scene:
        program = Program(options.binaries, scene.port, size, ">")
        program.read(3)
        times = program.key_times(100)
        good &= row("key to screen while all come that can, p99", 50, times[98], "ms", size)
        print(f"         half of them within {times[49]:.1f} ms, all within {times[-1]:.1f} ms")
        program.end()
    sys.exit(0 if good else 1)


main()
