"""Two hosts (network namespaces) joined by a wire that this process carries, so that it can lose, delay and repeat
chosen packets; and a capture beside each host. Linux, root, iproute2."""
import ctypes, fcntl, heapq, ipaddress, os, select, socket, struct, subprocess, threading, time

libc = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x40000000
TUNSETIFF, IFF_TAP, IFF_NO_PI = 0x400454CA, 2, 0x1000
SO_TIMESTAMPNS = 35
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16


class Host:
    """A namespace with one Ethernet interface and one IPv4 and one IPv6 address."""

    def __init__(self, side, number):
        self.side = side
        self.name = f'wiretale-{os.getpid()}-{side}'
        self.v4, self.v6 = f'192.0.2.{number}', f'2001:db8::{number}'
        self.mac = f'02:00:00:00:00:0{number}'
        run('ip', 'netns', 'add', self.name)
        self.fd = os.open(f'/var/run/netns/{self.name}', os.O_RDONLY)
        self.tap = self.inside(open_tap, 'eth0')

    def configure(self, peer, sysctls):
        def apply():
            for device in ('all', 'default', 'eth0'):
                write(f'/proc/sys/net/ipv6/conf/{device}/accept_dad', 0)
                write(f'/proc/sys/net/ipv6/conf/{device}/router_solicitations', 0)
            for key, value in sysctls.items():
                write('/proc/sys/net/ipv4/' + key, value)
        ip = ('ip', '-n', self.name)
        run(*ip, 'link', 'set', 'lo', 'up')
        run(*ip, 'link', 'set', 'eth0', 'address', self.mac)
        self.inside(apply)
        run(*ip, 'link', 'set', 'eth0', 'up')
        run(*ip, 'address', 'add', self.v4 + '/24', 'dev', 'eth0')
        run(*ip, 'address', 'add', self.v6 + '/64', 'dev', 'eth0', 'nodad')
        for address in (peer.v4, peer.v6):
            run(*ip, 'neighbour', 'replace', address, 'lladdr', peer.mac, 'dev', 'eth0', 'nud', 'permanent')

    def inside(self, action, *args):
        """Runs the action with this thread in the namespace: sockets stay in the one in which they were made."""
        own = os.open('/proc/thread-self/ns/net', os.O_RDONLY)
        try:
            setns(self.fd)
            return action(*args)
        finally:
            setns(own)
            os.close(own)

    def remove(self):
        os.close(self.tap)
        os.close(self.fd)
        run('ip', 'netns', 'delete', self.name)


class Segment:
    """The TCP segment of an Ethernet frame, as the rules of a scenario see it."""

    def __init__(self, frame, side):
        self.frame, self.side, self.bytes = frame, side, 0
        self.kind = None
        v6 = frame[12:14] == b'\x86\xdd'
        if v6:
            protocol, at, end = frame[20], 54, 54 + int.from_bytes(frame[18:20], 'big')
        elif frame[12:14] == b'\x08\x00':
            protocol, at, end = frame[23], 14 + (frame[14] & 15) * 4, 14 + int.from_bytes(frame[16:18], 'big')
        else:
            return
        self.icmp = protocol == 1 or (protocol == 58 and frame[at] < 128)
        if protocol != 6:
            return
        self.seq, self.ack = struct.unpack_from('>II', frame, at + 4)
        self.flags = frame[at + 13]
        self.source = (frame[22:38] if v6 else frame[26:30], int.from_bytes(frame[at:at + 2], 'big'))
        self.target = (frame[38:54] if v6 else frame[30:34], int.from_bytes(frame[at + 2:at + 4], 'big'))
        self.bytes = end - at - (frame[at + 12] >> 4) * 4
        f = self.flags
        self.kind = ('R' if f & RST else 'SA' if f & SYN and f & ACK else 'S' if f & SYN
                     else 'F' if f & FIN else 'D' if self.bytes else 'A')


class Rule:
    """What happens to some segments of one side: kind as in Segment.kind ('*' any; 'D' also data with FIN), the
    numbers (from 1) of those of the kind that are meant, and the delays at which copies arrive: none = lost."""

    def __init__(self, side, kind, numbers, *delays):
        self.side, self.kind, self.delays = side, kind, delays
        self.numbers = numbers if not isinstance(numbers, int) else (numbers,)
        self.seen = 0

    def meets(self, s):
        if s.side != self.side:
            return False
        if not (self.kind == '*' or s.kind == self.kind or (self.kind == 'D' and s.bytes and s.kind == 'F')):
            return False
        self.seen += 1
        return self.seen in self.numbers


class Wire(threading.Thread):
    def __init__(self, client, server, delay):
        super().__init__(daemon=True)
        self.taps = {'client': client.tap, 'server': server.tap}
        self.delay, self.rules, self.cut, self.seen = delay, [], set(), []
        self.reject = None
        self.wake, self.end = os.pipe()
        self.queue, self.lock, self.number = [], threading.Lock(), 0

    def put(self, side, frame, delay):
        """Delivers the frame to the host `side` after `delay` seconds."""
        with self.lock:
            self.number += 1
            heapq.heappush(self.queue, (time.monotonic() + delay, self.number, side, frame))
        os.write(self.end, b'.')

    def run(self):
        sides = {fd: side for side, fd in self.taps.items()}
        while True:
            with self.lock:
                wait = max(0, self.queue[0][0] - time.monotonic()) if self.queue else None
            ready = select.select([*sides, self.wake], [], [], wait)[0]
            for fd in ready:
                if fd == self.wake:
                    if b'!' in os.read(fd, 4096):
                        return
                else:
                    self.take(sides[fd], os.read(fd, 65536))
            self.deliver()

    def take(self, side, frame):
        s = Segment(frame, side)
        if s.kind is None and not getattr(s, 'icmp', False):
            return
        other = 'server' if side == 'client' else 'client'
        if s.kind is not None:
            self.seen.append(s)
            if self.reject and s.side == 'client' and s.kind == 'S':
                self.put(side, unreachable(frame, *self.reject), self.delay)
                return
        delays = (self.delay,)
        if s.kind is not None:
            for rule in self.rules:
                if rule.meets(s):
                    delays = rule.delays
                    break
        for delay in delays:
            self.put(other, frame, delay)

    def deliver(self):
        while True:
            with self.lock:
                if not self.queue or self.queue[0][0] > time.monotonic():
                    return
                _, _, side, frame = heapq.heappop(self.queue)
            if side not in self.cut:
                os.write(self.taps[side], frame)

    def stop(self):
        os.write(self.end, b'!')
        self.join(2)
        os.close(self.wake)
        os.close(self.end)


class Capture(threading.Thread):
    """Every TCP segment and ICMP error at the host's interface, with the kernel's own time stamps."""

    def __init__(self, host):
        super().__init__(daemon=True)
        def open_socket():
            s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
            s.bind(('eth0', 3))
            return s
        self.socket = host.inside(open_socket)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.socket.settimeout(0.05)
        self.side, self.packets, self.stopping = host.side, [], False

    def run(self):
        while True:
            try:
                frame, extra, _, _ = self.socket.recvmsg(65536, 64)
            except TimeoutError:
                if self.stopping:
                    return
                continue
            second, nano = struct.unpack('qq', extra[0][2][:16])
            s = Segment(frame, '')
            if s.kind is not None or getattr(s, 'icmp', False):
                self.packets.append((second, nano // 1000, frame, s))

    def stop(self):
        self.stopping = True
        self.join(2)
        self.socket.close()

    def write(self, path):
        with open(path, 'wb') as f:
            f.write(struct.pack('<IHHiIII', 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
            for second, micro, frame, _ in self.packets:
                f.write(struct.pack('<IIII', second, micro, len(frame), len(frame)) + frame)


def unreachable(frame, code4, code6):
    """The ICMP destination unreachable of a firewall that refuses the frame in the name of its receiver."""
    mac = frame[6:12] + frame[:6] + frame[12:14]
    if frame[12:14] == b'\x86\xdd':
        body = bytes([1, code6, 0, 0, 0, 0, 0, 0]) + frame[14:]
        source, target = frame[38:54], frame[22:38]
        check = checksum(source + target + struct.pack('>II', len(body), 58) + body)
        body = body[:2] + check + body[4:]
        return mac + struct.pack('>IHBB', 6 << 28, len(body), 58, 64) + source + target + body
    body = bytes([3, code4, 0, 0, 0, 0, 0, 0]) + frame[14:]
    body = body[:2] + checksum(body) + body[4:]
    head = struct.pack('>BBHHHBBH', 0x45, 0xC0, 20 + len(body), 1, 0, 64, 1, 0) + frame[30:34] + frame[26:30]
    return mac + head[:10] + checksum(head) + head[12:] + body


def craft(client_mac, server_mac, source, target, seq, ack, flags, payload=b''):
    """A bare IPv4 TCP segment that no host sent (a middlebox, an attacker). source and target: (address, port)."""
    a, b = ipaddress.ip_address(source[0]).packed, ipaddress.ip_address(target[0]).packed
    tcp = struct.pack('>HHIIBBHHH', source[1], target[1], seq, ack, 5 << 4, flags, 0, 0, 0) + payload
    tcp = tcp[:16] + checksum(a + b + struct.pack('>HH', 6, len(tcp)) + tcp) + tcp[18:]
    head = struct.pack('>BBHHHBBH', 0x45, 0, 20 + len(tcp), 7, 0x4000, 64, 6, 0) + a + b
    raw = lambda mac: bytes.fromhex(mac.replace(':', ''))
    return raw(client_mac) + raw(server_mac) + b'\x08\x00' + head[:10] + checksum(head) + head[12:] + tcp


def checksum(data):
    if len(data) % 2:
        data += b'\0'
    total = sum(struct.unpack(f'>{len(data) // 2}H', data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return struct.pack('>H', ~total & 0xFFFF)


def open_tap(name):
    fd = os.open('/dev/net/tun', os.O_RDWR)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack('16sH22x', name.encode(), IFF_TAP | IFF_NO_PI))
    return fd


def setns(fd):
    if libc.setns(fd, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), 'setns')


def run(*command):
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)


def write(path, value):
    with open(path, 'w') as f:
        f.write(str(value))
