"""A terminal for tests: takes what a program writes, keeps the cells and the modes. As much of xterm as ncurses uses."""
import re

CSI = re.compile(r"\x1b\[([?<>=!]?)([0-9;:]*)([ -/]*)([@-~])")
OSC = re.compile(r"\x1b[\]P_^X][^\x07\x1b]*(?:\x07|\x1b\\)")


class Screen:
    def __init__(self, width=120, height=40):
        self.width, self.height = width, height
        self.modes = {}            # number -> on, of CSI ? n h
        self.keyboard = 0          # levels pushed by CSI > u, or modifyOtherKeys
        self.rest = ""
        self.raw = []
        self.reset()
        self.pending = b""

    def reset(self):
        self.cells = [[" "] * self.width for _ in range(self.height)]
        self.x = self.y = 0
        self.top, self.bottom = 0, self.height - 1
        self.last = " "

    # -- what a test looks at --
    def lines(self):
        return ["".join(row).rstrip() for row in self.cells]

    def text(self):
        return "\n".join(self.lines()).rstrip("\n")

    def flat(self):
        """The words in reading order, as if no line had ended: frames and blanks are one blank."""
        return re.sub(r"[\s│┃║|─━═╭╮╰╯┌┐└┘├┤┬┴┼]+", " ", " ".join(self.lines()))

    def sane(self):
        """Why the terminal is not as it was; "" when it is."""
        wrong = []
        for mode, name in ((1049, "the second screen is on"), (47, "the second screen is on"), (2004, "pastes are marked"),
                           (1000, "clicks are told"), (1002, "clicks are told"), (1003, "moves are told"), (1006, "clicks are told"),
                           (1, "cursor keys are application keys")):
            if self.modes.get(mode):
                wrong.append(name)
        if self.modes.get(25) is False:
            wrong.append("the cursor is hidden")
        if self.keyboard > 0:
            wrong.append("keys are told in another way")
        return ", ".join(sorted(set(wrong)))

    # -- what a program writes --
    def feed(self, data):
        self.raw.append(data)
        data = self.pending + data
        text = data.decode("utf-8", "ignore")
        cut = 0
        while cut < 4 and cut < len(data):      # a character that is not whole yet
            try:
                data[:len(data) - cut].decode("utf-8")
                break
            except UnicodeDecodeError:
                cut += 1
        self.pending = data[len(data) - cut:] if cut else b""
        if cut:
            text = data[:len(data) - cut].decode("utf-8", "replace")
        text = self.rest + text
        self.rest = ""
        i = 0
        while i < len(text):
            c = text[i]
            if c == "\x1b":
                used = self.escape(text, i)
                if used == 0:
                    self.rest = text[i:]
                    return
                i += used
                continue
            i += 1
            if c == "\n":
                self.line_feed()
            elif c == "\r":
                self.x = 0
            elif c == "\b":
                self.x = max(0, self.x - 1)
            elif c == "\t":
                self.x = min(self.width - 1, self.x // 8 * 8 + 8)
            elif c >= " " and c != "\x7f":
                self.put(c)

    def put(self, c):
        if self.x >= self.width:
            self.x = 0
            self.line_feed()
        self.cells[self.y][self.x] = c
        self.last = c
        self.x += 1

    def line_feed(self):
        if self.y == self.bottom:
            self.scroll(1)
        elif self.y < self.height - 1:
            self.y += 1

    def scroll(self, count, top=None):
        top = self.top if top is None else top
        for _ in range(abs(count)):
            if count > 0:
                del self.cells[top]
                self.cells.insert(self.bottom, [" "] * self.width)
            else:
                del self.cells[self.bottom]
                self.cells.insert(top, [" "] * self.width)

    def escape(self, text, i):
        """How many characters the sequence has; 0: it is not whole."""
        if i + 1 >= len(text):
            return 0
        kind = text[i + 1]
        if kind == "[":
            found = CSI.match(text, i)
            if not found:
                return 0 if len(text) - i < 64 else 1
            self.csi(found.group(1), found.group(2), found.group(4))
            return found.end() - i
        if kind in "]P_^X":
            found = OSC.match(text, i)
            return found.end() - i if found else (0 if len(text) - i < 4096 else 1)
        if kind in "()*+ #%":
            return 3 if i + 2 < len(text) else 0
        if kind == "M":
            if self.y == self.top:
                self.scroll(-1)
            else:
                self.y = max(0, self.y - 1)
        elif kind == "D":
            self.line_feed()
        elif kind == "E":
            self.x = 0
            self.line_feed()
        elif kind == "7":
            self.saved = (self.x, self.y)
        elif kind == "8":
            self.x, self.y = getattr(self, "saved", (0, 0))
        elif kind == "c":
            self.reset()
        return 2

    def csi(self, mark, params, final):
        n = [int(p.split(":")[0] or 0) for p in params.split(";")] if params else [0]
        first = n[0] or 1
        if mark == "?" and final in "hl":
            for mode in n:
                if mode in (1049, 47) and self.modes.get(mode, False) != (final == "h"):
                    self.cells = [[" "] * self.width for _ in range(self.height)]
                self.modes[mode] = final == "h"
        elif mark == ">" and final == "u":
            self.keyboard += 1
        elif mark == ">" and final == "m":
            self.keyboard = 1 if len(n) > 1 and n[1] else 0
        elif mark == "" and final == "u":
            self.x, self.y = getattr(self, "saved", (0, 0))
        elif mark == "<" or mark in (">", "="):
            pass
        elif mark == "!" and final == "p":
            self.modes.update({25: True, 1: False})
        elif mark == "":
            self.plain(n, first, final)

    def plain(self, n, first, final):
        row = self.cells[self.y]
        if final in "Hf":
            self.y = min(self.height, max(1, first)) - 1
            self.x = min(self.width, max(1, n[1] if len(n) > 1 else 1)) - 1
        elif final == "A":
            self.y = max(0, self.y - first)
        elif final == "B":
            self.y = min(self.height - 1, self.y + first)
        elif final == "C":
            self.x = min(self.width - 1, self.x + first)
        elif final == "D":
            self.x = max(0, self.x - first)
        elif final == "G":
            self.x = min(self.width, first) - 1
        elif final == "d":
            self.y = min(self.height, first) - 1
        elif final == "J":
            if n[0] == 0:
                self.erase(self.y, self.x, self.height - 1, self.width)
            elif n[0] == 1:
                self.erase(0, 0, self.y, self.x + 1)
            else:
                self.erase(0, 0, self.height - 1, self.width)
        elif final == "K":
            a, b = ((self.x, self.width), (0, self.x + 1), (0, self.width))[min(n[0], 2)]
            for x in range(a, min(b, self.width)):
                row[x] = " "
        elif final == "X":
            for x in range(self.x, min(self.width, self.x + first)):
                row[x] = " "
        elif final == "P":
            del row[self.x:self.x + first]
            row.extend([" "] * (self.width - len(row)))
        elif final == "@":
            row[self.x:self.x] = [" "] * first
            del row[self.width:]
        elif final == "b":
            for _ in range(first):
                self.put(self.last)
        elif final == "L" and self.top <= self.y <= self.bottom:
            self.scroll(-first, self.y)
        elif final == "M" and self.top <= self.y <= self.bottom:
            self.scroll(first, self.y)
        elif final == "S":
            self.scroll(first)
        elif final == "T":
            self.scroll(-first)
        elif final == "r":
            self.top = first - 1
            self.bottom = min(self.height, n[1] if len(n) > 1 and n[1] else self.height) - 1
            self.x = self.y = 0

    def erase(self, y0, x0, y1, x1):
        for y in range(y0, y1 + 1):
            for x in range(x0 if y == y0 else 0, min(self.width, x1 if y == y1 else self.width)):
                self.cells[y][x] = " "
