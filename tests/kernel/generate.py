#!/usr/bin/env python3
"""Makes the captures of the scenarios (opening, closing, resets, faults .py) and what the kernel did in each.
Run as root: generate.py [-o DIR] [NAME REGEX]

Per scenario NAME.pcap (beside the client), NAME.server.pcap (beside the server) and NAME.truth.json."""
import fcntl, json, os, re, socket, subprocess, sys, time

sys.dont_write_bytecode = True
import opening, closing, resets, faults  # each adds its scenarios
from net import Capture, Host, Wire
from scenario import SCENARIOS
from truth import Poll, Trace, sequences

DELAY = 0.02
# What the record of a socket may show after each state: anything else is an event that was missed.
FOLLOWS = {
    'SYN_SENT': {'SYN_RCVD', 'ESTABLISHED', 'CLOSED'}, 'SYN_RCVD': {'ESTABLISHED', 'CLOSED'},
    'ESTABLISHED': {'FIN_WAIT_1', 'CLOSE_WAIT', 'CLOSED'}, 'FIN_WAIT_1': {'FIN_WAIT_2', 'CLOSING', 'CLOSED'},
    'FIN_WAIT_2': {'TIME_WAIT', 'CLOSED'}, 'CLOSING': {'TIME_WAIT', 'CLOSED'}, 'CLOSE_WAIT': {'LAST_ACK', 'CLOSED'},
    'LAST_ACK': {'CLOSED'}, 'TIME_WAIT': {'CLOSED'}, 'CLOSED': set(),
}


class Stage:
    """What a scenario plays with: two hosts, the wire between them, and everything that has to be put away after."""

    def __init__(self, spec):
        self.spec, self.v6 = spec, spec.get('v6', False)
        self.client, self.server = Host('client', 1), Host('server', 2)
        sysctl = spec.get('sysctl', {})
        self.client.configure(self.server, {**sysctl, **spec.get('client_sysctl', {})})
        self.server.configure(self.client, {**sysctl, **spec.get('server_sysctl', {})})
        self.wire = Wire(self.client, self.server, spec.get('delay', DELAY))
        self.wire.rules = [r for r in spec.get('rules', lambda: [])()]
        self.sockets, self.children, self.listener = [], [], None
        self.silent = list(spec.get('silent', []))

    def socket(self, host, *options, port=0):
        s = host.inside(socket.socket, socket.AF_INET6 if self.v6 else socket.AF_INET, socket.SOCK_STREAM)
        s.settimeout(8)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        for option in options:
            s.setsockopt(*option)
        s.bind((host.v6 if self.v6 else host.v4, port))
        self.sockets.append(s)
        return s

    def listen(self, backlog=8, *options, port=8080):
        self.listener = self.socket(self.server, *options, port=port)
        self.listener.listen(backlog)
        return self.listener

    @property
    def target(self):
        return (self.server.v6 if self.v6 else self.server.v4, 8080)

    def dial(self, *options, port=0):
        """Begins to connect, without waiting."""
        c = self.socket(self.client, *options, port=port)
        c.setblocking(False)
        c.connect_ex(self.target)
        c.settimeout(8)  # what is sent waits for the connection
        return c

    def accept(self):
        s, _ = self.listener.accept()
        s.settimeout(8)
        self.sockets.append(s)
        return s

    def pair(self, *options, port=0, server_options=()):
        """An established connection: (client's socket, server's)."""
        if not self.listener:
            self.listen(8, *server_options)
        c = self.socket(self.client, *options, port=port)
        c.connect(self.target)
        s = self.accept()
        return c, s

    def talk(self, c, s, request=b'ping', response=b'pong'):
        c.sendall(request)
        s.recv(4096)
        s.sendall(response)
        c.recv(4096)

    def hand_over(self, *sockets):
        """Leaves the sockets to a process of their own; returns it: its end closes them."""
        child = subprocess.Popen(['sleep', '30'], pass_fds=[s.fileno() for s in sockets])
        self.children.append(child)
        for s in sockets:
            s.close()
        return child

    def sleep(self, seconds):
        time.sleep(seconds)

    def put_away(self):
        self.wire.cut = {'client', 'server'}
        for child in self.children:
            child.kill()
            child.wait()
        for s in self.sockets:
            s.close()
        self.wire.stop()
        self.client.remove()
        self.server.remove()


def play(spec, trace, out):
    name = spec['name']
    stage = Stage(spec)
    captures = [Capture(stage.client), Capture(stage.server)]
    polls = [Poll(stage.client, stage.v6), Poll(stage.server, stage.v6)]
    trace.start()
    for thread in (*captures, *polls, stage.wire):
        thread.start()
    time.sleep(0.02)
    try:
        spec['play'](stage)
        time.sleep(spec.get('tail', 0.15))
    finally:
        trace.stop()
        for thread in (*captures, *polls):
            thread.stop()
        stage.put_away()
    endpoints = sequences(trace.events(stage.v6), polls[0].changes + polls[1].changes, stage.v6)
    addresses = {'client': (stage.client.v4, stage.client.v6), 'server': (stage.server.v4, stage.server.v6)}
    address = lambda text: text.rpartition(':')[0].strip('[]')
    # The tracepoint shows all namespaces: sockets of others have other peers.
    ours = addresses['client'] + addresses['server']
    endpoints = [e for e in endpoints if address(e['local']) in ours and address(e['remote']) in ours]
    for e in endpoints:
        e['side'] = next(side for side, both in addresses.items() if address(e['local']) in both)
    endpoints.sort(key=lambda e: (float(e['seq'][0][1])))
    for number in spec.get('no_server', ()):
        # The connections of a 4-tuple are held against the endpoints in order: one that had no socket has no states.
        e = endpoints[number]
        endpoints.append({'side': 'server', 'local': e['remote'], 'remote': e['local'], 'seq': []})
        endpoints.insert(number + 1, endpoints.pop())
    for e in endpoints:
        for before, after in zip(e['seq'], e['seq'][1:]):
            if after[0] not in FOLLOWS[before[0]]:
                raise OSError(f'unsound: {before[0]} -> {after[0]} at {e["local"]}')
    views = {}
    for ext, capture in zip(('pcap', 'server.pcap'), captures):
        path = f'{out}/{name}.{ext}'
        view = spec.get('views', {}).get(ext, 'full' if any(p[3].kind for p in capture.packets) else 'empty')
        if view is not None:
            capture.write(path)
            views[ext] = view
        elif os.path.exists(path):
            os.remove(path)
    truth = {
        'name': name,
        'doc': ' '.join((spec['play'].__doc__ or '').split()),
        'endpoints': [{'side': e['side'], 'local': e['local'], 'remote': e['remote'], 'seq': e['seq']} for e in endpoints],
        'views': views,
        'silentEnds': stage.silent,
        'closedFirst': spec.get('closed_first', first_closer(captures)) if len(endpoints) == 2 else None,
    }
    with open(f'{out}/{name}.truth.json', 'w') as f:
        json.dump(truth, f, indent=1)
        f.write('\n')
    for e in truth['endpoints']:
        print(f'{name:44} {e["side"]:6} {" ".join(s[0] for s in e["seq"])}')
    print(f'{name:44} closedFirst {truth["closedFirst"]}, silent {truth["silentEnds"]}, views {views}', flush=True)


def first_closer(captures):
    """Who sent the first FIN or RST: "both" when each FIN left before the other's arrived; None where not every capture
    can tell (the first one is not in it, a reset crossed)."""
    never = float('inf')
    first = {}
    for capture in captures:
        for second, micro, frame, s in capture.packets:
            if s.kind and s.flags & 5:
                sender = 'client' if frame[11] == 1 else 'server'
                first.setdefault((capture.side, sender), (second + micro / 1e6, bool(s.flags & 4)))
    sent = {side: first.get((side, side), (never, False)) for side in ('client', 'server')}
    arrived = {'client': first.get(('server', 'client'), (never, False)), 'server': first.get(('client', 'server'), (never, False))}
    crossed = never not in (sent['client'][0], sent['server'][0]) and all(
        sent[a][0] < arrived[b][0] for a, b in (('client', 'server'), ('server', 'client')))
    if crossed:
        return None if sent['client'][1] or sent['server'][1] else 'both'
    one = min(sent, key=lambda side: sent[side][0])
    return None if never in (sent[one][0], arrived[one][0]) else one


def main():
    args = sys.argv[1:]
    out = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'captures')
    if args[:1] == ['-o']:
        out, args = args[1], args[2:]
    os.makedirs(out, exist_ok=True)
    wanted = re.compile(args[0] if args else '')
    # Two at a time would see each other's sockets in the tracepoint: the addresses are the same.
    lock = open('/tmp/wiretale-kernel.lock', 'w')
    fcntl.flock(lock, fcntl.LOCK_EX)
    trace = Trace()
    try:
        for spec in SCENARIOS:
            if wanted.search(spec['name']):
                try:
                    play(spec, trace, out)
                except OSError as e:
                    print(f'{spec["name"]}: {e!r}', file=sys.stderr)
    finally:
        trace.remove()


main()
