"""What the kernel's sockets really did: transitions from the tracepoint sock/inet_sock_set_state, and by polling with
sock_diag(7) the request sockets (SYN_RCVD) and the small sockets of TIME_WAIT and FIN_WAIT_2, which it does not show."""
import os, re, socket, struct, threading, time

TRACING = '/sys/kernel/tracing'
NAMES = {1: 'ESTABLISHED', 2: 'SYN_SENT', 3: 'SYN_RCVD', 4: 'FIN_WAIT_1', 5: 'FIN_WAIT_2', 6: 'TIME_WAIT', 7: 'CLOSED',
         8: 'CLOSE_WAIT', 9: 'LAST_ACK', 10: 'LISTEN', 11: 'CLOSING'}
TRACED = {'TCP_ESTABLISHED': 1, 'TCP_SYN_SENT': 2, 'TCP_SYN_RECV': 3, 'TCP_FIN_WAIT1': 4, 'TCP_FIN_WAIT2': 5,
          'TCP_TIME_WAIT': 6, 'TCP_CLOSE': 7, 'TCP_CLOSE_WAIT': 8, 'TCP_LAST_ACK': 9, 'TCP_LISTEN': 10,
          'TCP_CLOSING': 11, 'TCP_NEW_SYN_RECV': 3}
EVENT = re.compile(r' (\d+\.\d+): inet_sock_set_state: family=AF_INET6? protocol=IPPROTO_TCP sport=(\d+) dport=(\d+)'
                   r' saddr=(\S+) daddr=(\S+) saddrv6=(\S+) daddrv6=(\S+) oldstate=(\S+) newstate=(\S+)')
TIMER_OF_SMALL_SOCKET = 3


class Trace:
    """One tracing instance of its own: other users of tracefs are not disturbed."""

    def __init__(self):
        if not os.path.exists(TRACING + '/instances'):
            os.system(f'mount -t tracefs tracefs {TRACING}')
        self.root = f'{TRACING}/instances/wiretale-{os.getpid()}'
        os.mkdir(self.root)
        # tai: CLOCK_REALTIME as long as no leap seconds are configured, with nanoseconds.
        self.set('trace_clock', 'tai')

    def set(self, name, value):
        with open(f'{self.root}/{name}', 'w') as f:
            f.write(str(value))

    def start(self):
        self.set('trace', '')
        self.set('events/sock/inet_sock_set_state/enable', 1)

    def stop(self):
        self.set('events/sock/inet_sock_set_state/enable', 0)

    def events(self, v6):
        """(time, (local, remote), from, to), addresses as (text, port)."""
        with open(self.root + '/trace') as f:
            for line in f:
                m = EVENT.search(line)
                if not m:
                    continue
                t, sport, dport, s4, d4, s6, d6, old, new = m.groups()
                saddr, daddr = (s6, d6) if v6 else (s4, d4)
                yield t, ((saddr, int(sport)), (daddr, int(dport))), TRACED[old], TRACED[new]

    def remove(self):
        os.rmdir(self.root)


class Poll(threading.Thread):
    """Changes of every connected TCP socket of a host, seen at intervals: (time, key, state or None, is small)."""

    def __init__(self, host, v6, interval=0.002):
        super().__init__(daemon=True)
        self.socket = host.inside(socket.socket, socket.AF_NETLINK, socket.SOCK_RAW, 4)
        self.v6, self.interval, self.changes, self.stopping = v6, interval, [], False
        self.last = {}

    def run(self):
        while not self.stopping:
            now = self.dump()
            t = f'{time.time():.6f}'
            for key in self.last.keys() - now.keys():
                self.changes.append((t, key, None, self.last[key][1]))
            for key, value in now.items():
                if self.last.get(key) != value:
                    self.changes.append((t, key, *value))
            self.last = now
            time.sleep(self.interval)

    def dump(self):
        family = socket.AF_INET6 if self.v6 else socket.AF_INET
        request = struct.pack('<BBBBI', family, 6, 0, 0, 0xFFFFFFFF & ~(1 << 10)) + bytes(48)
        self.socket.send(struct.pack('<IHHII', 16 + len(request), 20, 0x301, 1, 0) + request)
        found = {}
        while True:
            data = self.socket.recv(1 << 16)
            at = 0
            while at < len(data):
                size, kind = struct.unpack_from('<IH', data, at)
                if kind == 3:
                    return found
                if kind == 2:
                    raise OSError('sock_diag refused')
                m = at + 16
                state, timer = data[m + 1], data[m + 2]
                sport, dport = struct.unpack_from('>HH', data, m + 4)
                width = 16 if self.v6 else 4
                text = lambda raw: socket.inet_ntop(family, raw)
                key = ((text(data[m + 8:m + 8 + width]), sport), (text(data[m + 24:m + 24 + width]), dport))
                small = timer == TIMER_OF_SMALL_SOCKET
                if state != 7:
                    found[key] = (state, small)
                at += (size + 3) & ~3

    def stop(self):
        self.stopping = True
        self.join(2)
        self.socket.close()


def sequences(traced, polled, v6):
    """The endpoints in the order of their first state: [{local, remote, seq: [[state, time, how]]}]."""
    merged = [(float(t), 0, t, key, 'trace', (old, new)) for t, key, old, new in traced]
    for t, key, state, small in polled:
        merged.append((float(t), 1, t, key, 'poll', (state, small)))
    merged.sort(key=lambda x: x[:2])
    live, done = {}, []

    def begin(key):
        live[key] = {'local': text(key[0], v6), 'remote': text(key[1], v6), 'seq': []}
        done.append(live[key])
        return live[key]

    def enter(key, state, t, how):
        e = live.get(key) or begin(key)
        if not e['seq'] or e['seq'][-1][0] != NAMES[state]:
            e['seq'].append([NAMES[state], t, how])

    small = {}
    for key in {m[3] for m in merged}:
        small[key] = [m for m in merged if m[3] == key and m[4] == 'poll' and m[5][1]]
    closed = {}
    for when, _, t, key, how, what in merged:
        if key[0][1] == 0 or key[1][1] == 0:
            continue
        if how == 'trace':
            old, new = what
            if new in (10,) or (old == 10 and new == 7):
                continue
            if new == 2 and key in live and live[key]['seq']:
                # connect() on a 4-tuple in TIME_WAIT: the small socket is taken over.
                if live[key]['seq'][-1][0] != 'CLOSED':
                    live[key]['seq'].append(['CLOSED', t, 'TIME_WAIT reused'])
                del live[key]
            if new == 7:
                # The full socket goes; a small one may stand in for it.
                substate = next((m[5][0] for m in small[key] if m[5][0] is not None and -0.002 <= m[0] - when <= 0.1), None)
                if substate is not None:
                    enter(key, substate, t, 'tracepoint ->CLOSE + poll')
                else:
                    enter(key, 7, t, 'tracepoint')
                    closed[key] = when
                    live.pop(key, None)
            else:
                enter(key, new, t, 'tracepoint')
        else:
            state, is_small = what
            if state is None:
                e = live.get(key)
                if is_small and e:
                    e['seq'].append(['CLOSED', t, 'poll: gone'])
                    del live[key]
                elif e and [s[0] for s in e['seq']] == ['SYN_RCVD']:
                    del live[key]  # a request socket that came to nothing: back to LISTEN
            elif is_small:
                enter(key, state, t, 'poll')
            elif state == 3:
                e = live.get(key)
                if e and e['seq'][-1][0] in ('TIME_WAIT', 'FIN_WAIT_2'):
                    e['seq'].append(['CLOSED', t, 'TIME_WAIT reused by the next SYN'])
                    del live[key]
                if not live.get(key) and when - closed.get(key, 0) > 0.005:
                    enter(key, 3, t, 'poll: request_sock')
    return done


def text(address, v6):
    return f'[{address[0]}]:{address[1]}' if v6 else f'{address[0]}:{address[1]}'
