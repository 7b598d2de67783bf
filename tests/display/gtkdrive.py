# SPDX-License-Identifier: GPL-3.0-or-later
"""Drive a GTK 4.8 program as a person would: look through AT-SPI, act through XTEST.

Reading (which widgets there are, their names, states, text, place) goes through
the accessibility bus; clicks and keys go through the X server, so a test passes
only if a person's mouse and keyboard would get the same thing done.
Works around what GTK 4.8 does not do: no screen coordinates, no SHOWING state on
inner widgets, no actions on check buttons and column titles, no Table interface.
"""
import os, re, subprocess, sys, time
import gi
gi.require_version('Atspi', '2.0')
from gi.repository import Atspi, GLib

Atspi.init()
TIMEOUT = float(os.environ.get('GTKDRIVE_TIMEOUT', '10'))

class NotFound(AssertionError):
    pass

def wait(predicate, what='condition', timeout=None, step=0.03):
    """The first true value of predicate(); errors of a widget that went away count as false."""
    end = time.monotonic() + (timeout or TIMEOUT)
    last = None
    while True:
        try:
            v = predicate()
            if v:
                return v
        except (GLib.Error, NotFound) as e:
            last = e
        if time.monotonic() > end:
            raise NotFound('timed out waiting for %s%s' % (what, ': %s' % last if last else ''))
        time.sleep(step)

def xdo(*a):
    return subprocess.run(['xdotool', *map(str, a)], check=True, capture_output=True, text=True).stdout

class Node:
    def __init__(self, acc, app):
        self.acc, self.app = acc, app
    def __repr__(self):
        return '<%s "%s">' % (self.role, self.name)
    role = property(lambda s: s.acc.get_role_name())
    name = property(lambda s: s.acc.get_name() or '')
    def state(self, *names):
        have = {s.value_nick for s in self.acc.get_state_set().get_states()}
        return all(n in have for n in names)
    @property
    def text(self):
        if 'Text' not in self.acc.get_interfaces():
            return self.acc.get_name()
        return Atspi.Text.get_text(self.acc, 0, 1 << 30)  # an end of -1 gives "" in 4.8
    @property
    def value(self):
        return Atspi.Value.get_current_value(self.acc)
    def children(self):
        for i in range(self.acc.get_child_count()):
            c = self.acc.get_child_at_index(i)
            if c is not None:
                yield Node(c, self.app)
    def extents(self):
        e = Atspi.Component.get_extents(self.acc, Atspi.CoordType.WINDOW)
        return e.x, e.y, e.width, e.height
    def walk(self, hidden=False):
        yield self
        try:
            kids = list(self.children())
        except GLib.Error:
            return
        for k in kids:
            if not hidden and not k.has_area():
                continue
            yield from k.walk(hidden)
    def has_area(self):
        try:
            if 'Component' not in self.acc.get_interfaces():
                return True     # GtkStackPage and the like
            _, _, w, h = self.extents()
            return w > 0 and h > 0      # a hidden stack page has 0x0; SHOWING is never set
        except GLib.Error:
            return False
    def query(self, role=None, name=None, hidden=False):
        for n in self.walk(hidden):
            try:
                if role is not None and n.role != role:
                    continue
                if name is not None:
                    # 4.8 keeps the mnemonic underscore in some names
                    got = n.name.replace('_', '')
                    if not (name.search(got) if hasattr(name, 'search') else got == name.replace('_', '')):
                        continue
                yield n
            except GLib.Error:
                continue
    def find(self, role=None, name=None, timeout=None):
        return wait(lambda: next(self.query(role, name), None), '%s %r' % (role, name), timeout)
    def window(self):
        # The child of the application; 4.8 calls a window of dialog role a "filler".
        n = self
        while True:
            parent = Node(n.acc.get_parent(), self.app)
            if parent.role == 'application':
                return n
            n = parent
    def xwindow(self):
        return self.app.xwindow(self.window())
    def popover(self):
        """The popover's own X window, if the widget is in one: 4.8 gives places in a
        popover as if the popover lay at its parent's corner."""
        n = self
        while n.role not in ('frame', 'application'):
            if n.role == 'menu' or 'Popover' in n.name:
                x, y, w, h = n.extents()
                for i in self.app.xwindows():
                    if i[3:] == (w, h):
                        return n, i
            n = Node(n.acc.get_parent(), self.app)
        return None, None
    def place(self):
        """Middle of the widget on the screen."""
        pop, xw = self.popover()
        if pop is not None:
            px, py, _, _ = pop.extents()
            x, y, w, h = self.extents()
            return xw[1] + x - px + w // 2, xw[2] + y - py + h // 2
        top = self.window()
        xid, X, Y, W, H = self.xwindow()
        _, _, tw, th = top.extents()
        left, right, above, below = frame_extents(xid)
        ox = left + (W - left - right - tw) // 2
        oy = above + (H - above - below - th) // 2
        x, y, w, h = self.extents()
        return X + ox + x + w // 2, Y + oy + y + h // 2
    def click(self, button=1, count=1):
        def steady():
            a = self.place(); time.sleep(.05); return a if a == self.place() else None
        x, y = wait(steady, 'place of %r' % self)
        xdo('mousemove', '--sync', x, y)
        xdo('click', '--repeat', count, '--delay', 60, button)
        return self
    def act(self, name='click'):
        """Through AT-SPI, without the mouse."""
        a = self.acc
        for i in range(Atspi.Action.get_n_actions(a)):
            if Atspi.Action.get_action_name(a, i) == name:
                return Atspi.Action.do_action(a, i)
        raise NotFound('%r has no action %s' % (self, name))
    def set_text(self, s):
        """Through AT-SPI, without the keyboard; any Unicode."""
        assert Atspi.EditableText.set_text_contents(self.acc, s)
    # what a column view shows: only rows that exist as widgets, about 200 around the viewport
    def titles(self):
        return [next(c.query('label'), c).name for c in next(self.children()).children()]
    def rows(self, limit=None):
        body = list(self.children())[1]
        x0, y0, w0, h0 = self.extents()
        out = []
        for row in body.children():
            _, y, _, h = row.extents()
            if h <= 0 or y + h <= y0 or y >= y0 + h0:
                continue
            out.append([' '.join(l.name for l in cell.query('label')) for cell in row.children()])
            if limit and len(out) >= limit:
                break
        return out

def frame_extents(xid):
    s = subprocess.run(['xprop', '-id', str(xid), '-notype', '_GTK_FRAME_EXTENTS'], capture_output=True, text=True).stdout
    m = re.search(r'= (\d+), (\d+), (\d+), (\d+)', s)
    return tuple(map(int, m.groups())) if m else (0, 0, 0, 0)

class App(Node):
    mapped = set()
    def __init__(self, argv, timeout=20, **env):
        self.log = open(os.environ.get('GTKDRIVE_LOG', os.devnull), 'ab')
        self.proc = subprocess.Popen(argv, env=dict(os.environ, **env), stderr=self.log)
        acc = wait(self._lookup, '%s on the accessibility bus' % argv[0], timeout)
        super().__init__(acc, self)
    def _lookup(self):
        if self.proc.poll() is not None:
            raise RuntimeError('program exited with %s' % self.proc.returncode)
        d = Atspi.get_desktop(0)
        for i in range(d.get_child_count()):
            a = d.get_child_at_index(i)
            if a is not None and a.get_process_id() == self.proc.pid and a.get_child_count() > 0:
                return a
    def windows(self):
        return list(self.children())
    def frame(self, name=None, timeout=None):
        try:
            return wait(lambda: next((w for w in self.windows() if (name is None or w.name == name)), None), 'window %r' % name, timeout)
        except NotFound as e:
            raise NotFound('%s; there are %s' % (e, list(self.children()))) from e
    def gone(self, name, timeout=None):
        wait(lambda: not any(w.name == name for w in self.windows()), 'window %r to go' % name, timeout)
    def xwindows(self):
        out = []
        for i in xdo('search', '--onlyvisible', '--pid', self.proc.pid).split():
            g = dict(l.split('=') for l in xdo('getwindowgeometry', '--shell', i).split())
            out.append((int(i), int(g['X']), int(g['Y']), int(g['WIDTH']), int(g['HEIGHT'])))
        return out
    def xwindow(self, frame):
        def look():
            ids = self.xwindows()
            for w in reversed(ids):
                if xdo('getwindowname', w[0]).rstrip('\n') == frame.name or len(ids) == 1:
                    return w
        def safe():
            try:
                return look()
            except subprocess.CalledProcessError:      # BadWindow: a window went away meanwhile
                return None
        return wait(safe, 'X window of %r' % frame)
    def focused(self):
        return next((n for w in self.windows() for n in w.walk() if n.state('focused')), None)
    def key(self, *keys):
        xdo('key', '--delay', 30, *keys)
    def type(self, s):
        """xdotool remaps a spare key for each character that the layout lacks and takes
        it back at once; a slow client then loses the character. Map them for good first."""
        want = [c for c in dict.fromkeys(s) if ord(c) > 126 and c not in App.mapped]
        if want:
            pke = subprocess.run(['xmodmap', '-pke'], text=True, capture_output=True, check=True).stdout
            free = re.findall(r'^keycode +(\d+) = *$', pke, re.M)
            assert len(free) > len(want), 'no spare keycodes'
            subprocess.run(['xmodmap'] + [a for c, k in zip(want, free) for a in ('-e', 'keycode %s = U%04X U%04X' % (k, ord(c), ord(c)))], check=True)
            App.mapped.update(want)
            time.sleep(.3)
        xdo('type', '--delay', 15, s)
    def screenshot(self, path):
        subprocess.run(['import', '-window', 'root', path], check=True)
    def close(self, timeout=10):
        if self.proc.poll() is None:
            self.proc.terminate()
        try:
            self.proc.wait(timeout)
        except subprocess.TimeoutExpired:
            self.proc.kill(); self.proc.wait()
        self.log.close()
        return self.proc.returncode
