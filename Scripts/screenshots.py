"""Drives zaichik-tui in tmux and writes what it shows as PNG and text. Called by screenshots.sh."""

import argparse
import pathlib
import re
import shlex
import subprocess
import tempfile
import time

import pyte
from PIL import Image, ImageDraw, ImageFont
from pyte.screens import wcwidth

FONTS = "/usr/share/fonts/"
SIZE = 20
# Background and text of a terminal, and the value of COLORFGBG that tells the program.
DARK, LIGHT = ("#14171c", "#c8ccd4", "15;0"), ("#fdf6e3", "#202020", "0;15")
# The first eight colours and their bright forms, as xterm has them.
NAMED = {
    "black": ("#000000", "#7f7f7f"), "red": ("#cd0000", "#ff0000"), "green": ("#00cd00", "#00ff00"),
    "brown": ("#cdcd00", "#ffff00"), "blue": ("#0000ee", "#5c5cff"), "magenta": ("#cd00cd", "#ff00ff"),
    "cyan": ("#00cdcd", "#00ffff"), "white": ("#e5e5e5", "#ffffff"),
}


class Terminal:
    """The program in a tmux server of its own."""

    def __init__(self, command, width, height, environment=(), look=DARK):
        self.socket = tempfile.mktemp(prefix="zaichik-screenshot-")
        self.width, self.height, self.look = width, height, look
        variables = ("LC_ALL=C.UTF-8", "TZ=UTC", f"COLORFGBG={look[2]}", *environment)
        settings = [word for pair in variables for word in ("-e", pair)]
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", str(width), "-y", str(height), *settings, command)
        self.tmux("set", "-g", "status", "off")
        self.tmux("set", "-sg", "escape-time", "0")
        self.tmux("resize-window", "-x", str(width), "-y", str(height))

    def tmux(self, *words):
        return subprocess.run(
            ["tmux", "-S", self.socket, *words], check=True, capture_output=True, text=True).stdout

    def keys(self, *keys):
        for key in keys:
            self.tmux("send-keys", key)
            time.sleep(0.15)

    def type(self, text):
        self.tmux("send-keys", "-l", text)
        time.sleep(0.2)

    def text(self):
        return self.tmux("capture-pane", "-p")

    def wait_for(self, pattern, seconds=20):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if re.search(pattern, self.text()):
                time.sleep(0.3)
                return
            time.sleep(0.1)
        raise SystemExit(f"screenshots: '{pattern}' did not appear within {seconds} s:\n{self.text()}")

    def picture(self, path):
        text = self.text()
        path.with_suffix(".txt").write_text(text)
        picture = Picture(self.tmux("capture-pane", "-e", "-p"), self.width, self.height, self.look)
        picture.save(path.with_suffix(".png"))
        print(path.with_suffix(".png"))

    def image(self):
        return Picture(self.tmux("capture-pane", "-e", "-p"), self.width, self.height, self.look).image()

    def end(self):
        subprocess.run(["tmux", "-S", self.socket, "kill-server"], capture_output=True)


class Picture:
    """A captured screen, drawn cell by cell."""

    def __init__(self, capture, width, height, look=DARK):
        self.background, self.foreground, _ = look
        self.screen = pyte.Screen(width, height)
        pyte.Stream(self.screen).feed(capture.rstrip("\n").replace("\n", "\r\n"))
        mono = FONTS + "truetype/dejavu/DejaVuSansMono"
        self.regular = ImageFont.truetype(mono + ".ttf", SIZE)
        self.bold = ImageFont.truetype(mono + "-Bold.ttf", SIZE)
        self.wide = self.font(FONTS + "opentype/noto/NotoSansCJK-Regular.ttc", SIZE)
        self.emoji = self.font(FONTS + "truetype/noto/NotoColorEmoji.ttf", 109)
        self.cell = (12, 24)

    @staticmethod
    def font(path, size):
        try:
            return ImageFont.truetype(path, size)
        except OSError:
            return None

    def save(self, path):
        self.image().quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)

    def image(self):
        columns, rows = self.screen.columns, self.screen.lines
        width, height = self.cell
        image = Image.new("RGB", (columns * width + 24, rows * height + 24), self.background)
        self.draw = ImageDraw.Draw(image)
        for y in range(rows):
            for x in range(columns):
                self.draw_cell(image, self.screen.buffer[y][x], 12 + x * width, 12 + y * height)
        return image

    def draw_cell(self, image, cell, left, top):
        if cell.data == "":
            return
        front, back = color(cell.fg, self.foreground), color(cell.bg, self.background)
        if cell.reverse:
            front, back = back, front
        columns = 2 if wcwidth(cell.data[0]) == 2 else 1
        width, height = self.cell
        if back != self.background:
            self.draw.rectangle([left, top, left + columns * width - 1, top + height - 1], fill=back)
        if cell.underscore:
            self.draw.line([left, top + height - 3, left + columns * width - 1, top + height - 3], fill=front)
        if cell.data == " ":
            return
        first = ord(cell.data[0])
        if columns == 2 and first >= 0x1F000 or first in (0x2705,):
            self.draw_emoji(image, cell.data[0], left, top)
        elif columns == 2 and self.wide:
            self.draw.text((left + 2, top - 6), cell.data, font=self.wide, fill=front)
        else:
            self.draw.text((left, top), cell.data, font=self.bold if cell.bold else self.regular, fill=front)

    def draw_emoji(self, image, text, left, top):
        if not self.emoji:
            return
        glyph = Image.new("RGBA", (136, 128))
        ImageDraw.Draw(glyph).text((0, 0), text, font=self.emoji, embedded_color=True)
        glyph = glyph.resize((22, 21), Image.Resampling.LANCZOS)
        image.paste(glyph, (left + 1, top + 1), glyph)


def color(name, default):
    if name == "default":
        return default
    if name in NAMED:
        return NAMED[name][0]
    if name.startswith("bright") and name[6:] in NAMED:
        return NAMED[name[6:]][1]
    return "#" + name


def tour(programs, out):
    """The pictures, one after the other."""
    tui = str(programs / "zaichik-tui")

    demo = Terminal(f"{tui} --demo", 140, 40, ["TERM=tmux-256color"])
    try:
        demo.wait_for("commits stopped", 60)
        time.sleep(25)
        demo.keys("j")
        demo.picture(out / "clients")
        demo.keys("g", "Enter")
        demo.wait_for("10m00s ago|s ago +now")
        demo.picture(out / "why-behind")
        demo.keys("Escape", "a", "3")
        time.sleep(4)
        demo.picture(out / "by-hand")
        demo.keys("a", "?")
        demo.wait_for("All panes")
        demo.picture(out / "help")
        demo.keys("Escape", "p")
        # The topic of a message that was looked at is filled in, and the body has the cursor.
        demo.keys("BTab", "BTab", "C-u")
        demo.type("payments")
        demo.keys("Tab")
        demo.type("p-77")
        demo.keys("Tab")
        demo.type('{"payment": 77, "note": "спасибо 🐇"}')
        demo.keys("Enter")
        demo.wait_for("accepted")
        demo.keys("Up", "Enter")
        demo.wait_for("duplicate")
        demo.type('{"payment": 78}')
        demo.picture(out / "publish")
        demo.keys("Escape", "3", "x", "z", "Up", "Up", "Up", "Up", "Up", "Up")
        demo.picture(out / "messages")
        demo.keys("x")
        time.sleep(0.3)
        demo.keys("Enter")
        demo.wait_for("sequence  ")
        demo.picture(out / "message")
        demo.keys("Escape", "x", "z", "/")
        demo.wait_for("search messages for:")
        demo.type("спасибо")
        demo.keys("Enter")
        demo.wait_for("Esc end search")
        demo.picture(out / "search")
        demo.keys("Escape", "2", "\\")
        demo.type("clicks")
        demo.keys("Enter", "Enter")
        demo.wait_for("READ BY")
        demo.picture(out / "topic")
        demo.keys("Escape", "Escape", "Escape", "6")
        demo.wait_for("log scale")
        demo.picture(out / "heat-map")
        demo.keys("7")
        demo.wait_for("LIMIT")
        demo.keys("5")
        demo.wait_for("verdict-changed")
        demo.picture(out / "events-and-broker")
        demo.keys(":")
        demo.type("com")
        demo.picture(out / "palette")
    finally:
        demo.end()

    small = Terminal(f"{tui} --demo", 80, 24, ["TERM=tmux-256color"])
    try:
        small.wait_for("LOSING", 60)
        time.sleep(6)
        small.picture(out / "80x24")
        small.keys("s")
        small.type("metrics.*")
        small.picture(out / "subscribe")
    finally:
        small.end()

    light = Terminal(f"{tui} --demo", 100, 30, ["TERM=tmux-256color"], LIGHT)
    try:
        light.wait_for("LOSING", 60)
        time.sleep(6)
        light.keys("j")
        light.picture(out / "light")
    finally:
        light.end()

    plain = Terminal(f"{tui} --demo", 100, 30, ["TERM=tmux-256color", "NO_COLOR=1"])
    try:
        plain.wait_for("LOSING", 60)
        time.sleep(6)
        plain.keys("j")
        plain.picture(out / "no-color")
    finally:
        plain.end()

    work_queue(programs, out, tui)
    lost(programs, out, tui)
    film(out, tui)


class Film:
    """What a terminal shows while it is used, as a GIF."""

    def __init__(self, terminal):
        self.terminal, self.frames, self.durations = terminal, [], []

    def look(self, seconds, each=1.0):
        """Watches for a time."""
        for _ in range(max(1, round(seconds / each))):
            frame = self.terminal.image()
            frame = frame.resize((frame.width * 3 // 5, frame.height * 3 // 5), Image.Resampling.LANCZOS)
            self.frames.append(frame.quantize(64, dither=Image.Dither.NONE))
            self.durations.append(round(each * 1000))
            time.sleep(each * 0.6)

    def press(self, *keys, then=1.5):
        for key in keys:
            self.terminal.keys(key)
        self.look(then)

    def write(self, text, then=1):
        for start in range(0, len(text), 6):
            self.terminal.type(text[start:start + 6])
            self.look(0.25, each=0.25)
        self.look(then)

    def save(self, path):
        self.frames[0].save(
            path, save_all=True, append_images=self.frames[1:], duration=self.durations, loop=0, optimize=True)
        print(path)


def film(out, tui):
    """A minute's use: which client is in trouble and why, what it waits for, where else, what happened, a message."""
    terminal = Terminal(f"{tui} --demo", 120, 34, ["TERM=tmux-256color"])
    try:
        terminal.wait_for("LOSING", 60)
        time.sleep(10)
        film = Film(terminal)
        film.look(3)
        film.press("g", "Enter", then=4)
        film.press("v", then=3)
        film.press("Escape", "Escape", "6", then=4)
        film.press("x", then=2)
        film.press("7", then=3)
        film.press("5", then=3)
        film.press("p", then=0.5)
        film.write("letters.hare")
        film.press("Tab", "Tab", then=0.5)
        film.write("Привет, заяц 🐇")
        film.press("Enter", then=2)
        film.press("Enter", then=2)
        film.press("C-r", then=3)
        film.press(":", then=1)
        film.write("drawer", then=2)
        film.press("Escape", "1", then=2)
        film.save(out / "minute.gif")
    finally:
        terminal.end()


def broker_process(programs):
    """A broker on a free port, and its address."""
    broker = subprocess.Popen(
        [programs / "zaichik", "serve", "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        text=True)
    return broker, re.search(r"\S+:\d+$", broker.stdout.readline().strip()).group()


def work_queue(programs, out, tui):
    """Workers share a session, one of them by hand; another session has nobody."""
    broker, address = broker_process(programs)

    def zaichik(*words, start=False, lines=None):
        command = [programs / "zaichik", *words, "--connect", address]
        if start:
            return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return subprocess.run(command, input=lines, text=True, capture_output=True, check=True)

    def worker(name):
        return zaichik("sub", "jobs", "--session", "work", "--name", name, "--exec", "sleep 2", start=True)

    texts = ["почистить морковь 🥕", "count the hares"]
    jobs = "".join(f'{{"job": {n}, "what": "{texts[n % 2]}"}}\n' for n in range(1, 101))
    zaichik("session", "create", "work", "--shared", "--deadline", "5m", "--attempts", "3")
    zaichik("sub", "invoices", "--session", "billing", "--expiry", "7d", "-e")
    zaichik("pub", "invoices", "-l", lines="for carrots\nfor a hat\n")
    workers = [worker(name) for name in ("ann", "bob")]
    terminal = Terminal(
        f"{tui} --connect {shlex.quote(address)} --session work --name you --by-hand --window 4 -s jobs", 140, 40,
        ["TERM=tmux-256color"])
    try:
        terminal.wait_for("session of 3")
        zaichik("pub", "jobs", "-l", lines=jobs)
        terminal.wait_for("4 to commit")
        # What workers that die had begun comes to the one that has room.
        for dead in workers:
            dead.kill()
        terminal.wait_for("session of 1")
        terminal.keys("C")
        terminal.wait_for("×2")
        workers += [worker(name) for name in ("cid", "dan")]
        terminal.keys("3", "G", "r")
        terminal.type("30s out of carrots")
        terminal.keys("Enter")
        terminal.wait_for("returned: ")
        time.sleep(1)
        terminal.keys("k", "k", "K")
        terminal.type("nobody can")
        terminal.keys("Enter")
        terminal.wait_for("parked: ")
        time.sleep(4)
        terminal.picture(out / "work-queue")
        terminal.keys("1", "g", "Enter")
        terminal.wait_for("Session work")
        terminal.picture(out / "session")
    finally:
        terminal.end()
        for worker in workers:
            worker.kill()
        broker.kill()


def lost(programs, out, tui):
    """The broker goes away and comes back."""
    broker, address = broker_process(programs)
    terminal = Terminal(f"{tui} --connect {shlex.quote(address)}", 120, 30, ["TERM=tmux-256color"])
    try:
        terminal.wait_for("● connected")
        terminal.keys("s")
        terminal.type("orders.>")
        terminal.keys("Enter")
        terminal.wait_for("subscribed to")
        terminal.picture(out / "empty")
        broker.terminate()
        broker.wait()
        terminal.wait_for("no connection")
        time.sleep(6)
        terminal.picture(out / "no-connection")
    finally:
        terminal.end()
        broker.kill()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--programs", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--film", action="store_true", help="only the moving picture")
    options = parser.parse_args()
    options.out.mkdir(exist_ok=True)
    if options.film:
        film(options.out, str(options.programs.resolve() / "zaichik-tui"))
    else:
        tour(options.programs.resolve(), options.out)
