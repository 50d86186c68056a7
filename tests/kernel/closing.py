"""Orderly ends, and ends that meet data."""
import socket, struct

from net import RST
from scenario import LINGER0, scenario, lose, late, twice


@scenario('close-finwait2-timeout', client_sysctl={'tcp_fin_timeout': 1})
def _(t):
    """The client closes, the server does not; after tcp_fin_timeout (1 s) it writes, and a reset answers."""
    c, s = t.pair()
    t.talk(c, s)
    c.close()
    t.sleep(1.6)
    s.sendall(b'late')
    t.sleep(0.1)


@scenario('close-finwait2-timeout-fin', client_sysctl={'tcp_fin_timeout': 1})
def _(t):
    """As above, but it is the server's FIN that comes too late."""
    c, s = t.pair()
    t.talk(c, s)
    c.close()
    t.sleep(1.6)
    s.close()
    t.sleep(0.1)


@scenario('close-finwait2-timeout-silent', client_sysctl={'tcp_fin_timeout': 1}, silent=['client'])
def _(t):
    """The client leaves FIN_WAIT_2 by time; no packet shows it."""
    c, s = t.pair()
    t.talk(c, s)
    c.close()
    t.sleep(1.6)


@scenario('close-finwait2-data', )
def _(t):
    """Data for a socket that its application has closed (FIN_WAIT_2): a reset."""
    c, s = t.pair()
    t.talk(c, s)
    c.close()
    t.sleep(0.1)
    s.sendall(b'unwanted')
    t.sleep(0.1)


@scenario('close-finwait1-data')
def _(t):
    """Data that crosses the FIN reaches a closed socket in FIN_WAIT_1: a reset."""
    c, s = t.pair()
    t.talk(c, s)
    t.sleep(0.05)
    c.close()
    s.sendall(b'crossing')
    t.sleep(0.15)


@scenario('close-unread-data')
def _(t):
    """close() with unread data in the receive buffer: RST instead of FIN."""
    c, s = t.pair()
    t.talk(c, s)
    s.sendall(b'unread')
    t.sleep(0.05)
    c.close()
    t.sleep(0.1)


@scenario('halfclose-then-unread-close')
def _(t):
    """shutdown(), then close() with unread data: the reset comes out of FIN_WAIT_2."""
    c, s = t.pair()
    t.talk(c, s)
    c.shutdown(socket.SHUT_WR)
    t.sleep(0.06)
    s.sendall(b'unread')
    t.sleep(0.05)
    c.close()
    t.sleep(0.1)


@scenario('halfclose-then-unread-close-finwait1', rules=lambda: [lose('client', 'F')])
def _(t):
    """As above while the FIN is not yet acknowledged (lost): the reset comes out of FIN_WAIT_1."""
    c, s = t.pair()
    t.talk(c, s)
    t.sleep(0.05)
    s.sendall(b'unread')
    c.shutdown(socket.SHUT_WR)
    t.sleep(0.05)
    c.close()
    t.sleep(0.1)


@scenario('halfclose-server-data-back')
def _(t):
    """The server half-closes, the client goes on sending, then closes."""
    c, s = t.pair()
    t.talk(c, s)
    s.shutdown(socket.SHUT_WR)
    t.sleep(0.05)
    for _ in range(2):
        c.sendall(b'more')
        s.recv(10)
    c.close()
    t.sleep(0.1)


@scenario('halfclose-client-rst-by-server')
def _(t):
    """The client half-closes; the server aborts from CLOSE_WAIT."""
    c, s = t.pair(server_options=[LINGER0])
    t.talk(c, s)
    c.shutdown(socket.SHUT_WR)
    t.sleep(0.06)
    s.setsockopt(*LINGER0)
    s.close()
    t.sleep(0.1)


@scenario('halfclose-client-rst-by-client')
def _(t):
    """The client half-closes, then aborts from FIN_WAIT_2; the reset meets CLOSE_WAIT."""
    c, s = t.pair()
    t.talk(c, s)
    c.shutdown(socket.SHUT_WR)
    t.sleep(0.06)
    c.setsockopt(*LINGER0)
    c.close()
    t.sleep(0.1)


@scenario('halfclose-server-rst-by-client-data')
def _(t):
    """The server half-closes and closes with data unread."""
    c, s = t.pair()
    t.talk(c, s)
    s.shutdown(socket.SHUT_WR)
    t.sleep(0.05)
    c.sendall(b'for nobody')
    t.sleep(0.05)
    s.close()
    t.sleep(0.1)


@scenario('close-simultaneous-fin-lost', rules=lambda: [lose('client', 'F')])
def _(t):
    """Simultaneous close, the client's FIN is lost."""
    c, s = t.pair()
    t.talk(c, s)
    t.sleep(0.05)
    c.close()
    s.close()
    t.sleep(0.6)


@scenario('close-simultaneous-fin-lost-server', rules=lambda: [lose('server', 'F')])
def _(t):
    """Simultaneous close, the server's FIN is lost."""
    c, s = t.pair()
    t.talk(c, s)
    t.sleep(0.05)
    s.close()
    c.close()
    t.sleep(0.6)


@scenario('close-simultaneous-ack-lost', rules=lambda: [], views={'server.pcap': None})
def _(t):
    """Simultaneous close, the client's ACK of the server's FIN is lost."""
    c, s = t.pair()
    t.talk(c, s)
    t.sleep(0.1)
    t.wire.rules.append(lose('client', 'A'))
    c.close()
    s.close()
    t.sleep(0.6)


@scenario('close-simultaneous-v6', v6=True)
def _(t):
    """Simultaneous close, IPv6."""
    c, s = t.pair()
    t.talk(c, s)
    t.sleep(0.05)
    c.close()
    s.close()
    t.sleep(0.2)


@scenario('close-finwait2-timeout-v6', v6=True, client_sysctl={'tcp_fin_timeout': 1})
def _(t):
    """FIN_WAIT_2 ends by time, IPv6."""
    c, s = t.pair()
    t.talk(c, s)
    c.close()
    t.sleep(1.6)
    s.sendall(b'late')
    t.sleep(0.1)


@scenario('close-lastack-rst')
def _(t):
    """Data sent after the peer closed both ways: the peer's reset finds LAST_ACK."""
    c, s = t.pair()
    t.talk(c, s)
    t.sleep(0.05)
    c.close()
    t.sleep(0.06)
    s.sendall(b'too late')
    s.close()
    t.sleep(0.15)


@scenario('close-server-finwait2-data')
def _(t):
    """The server closes, the client writes on twice and then closes: reset in CLOSE_WAIT."""
    c, s = t.pair()
    t.talk(c, s)
    s.close()
    t.sleep(0.06)
    c.sendall(b'one')
    c.sendall(b'two')
    t.sleep(0.1)
    c.close()
    t.sleep(0.1)


@scenario('close-server-unread-finwait1')
def _(t):
    """The server shuts down and closes with data unread before its FIN is acknowledged: RST from FIN_WAIT_1."""
    c, s = t.pair()
    t.talk(c, s)
    t.sleep(0.05)
    c.sendall(b'unread')
    t.sleep(0.04)
    s.shutdown(socket.SHUT_WR)
    t.sleep(0.005)
    s.close()
    t.sleep(0.15)


@scenario('close-rst-lost-in-finwait2', rules=lambda: [lose('client', 'R')])
def _(t):
    """Data for a closed socket in FIN_WAIT_2; its reset is lost, the data is repeated and reset again."""
    c, s = t.pair()
    t.talk(c, s)
    c.close()
    t.sleep(0.1)
    s.sendall(b'unwanted')
    t.sleep(0.5)


@scenario('close-three-way')
def _(t):
    """The answer to the FIN is FIN,ACK at once: no separate ACK."""
    c, s = t.pair()
    t.talk(c, s)
    t.sleep(0.06)
    s.settimeout(None)
    c.close()
    s.recv(1)
    s.close()
    t.sleep(0.1)


@scenario('close-data-with-fin-both')
def _(t):
    """Each side's last data carries its FIN."""
    c, s = t.pair()
    c.send(b'request', socket.MSG_MORE)
    c.shutdown(socket.SHUT_WR)
    s.recv(10)
    s.recv(10)
    s.send(b'response', socket.MSG_MORE)
    s.close()
    c.recv(10)
    c.recv(10)
    c.close()
    t.sleep(0.15)


@scenario('close-without-data')
def _(t):
    """Connect and close, both at once, no data."""
    c, s = t.pair()
    c.close()
    s.close()
    t.sleep(0.2)


@scenario('close-before-accept')
def _(t):
    """The client sends and closes before the server has accepted."""
    t.listen()
    c = t.dial()
    t.sleep(0.06)
    c.send(b'hello')
    c.close()
    t.sleep(0.1)
    s = t.accept()
    s.recv(10)
    s.close()
    t.sleep(0.15)


@scenario('linger-timeout-server')
def _(t):
    """close() with SO_LINGER 1 s waits for the acknowledgement of its FIN."""
    c, s = t.pair()
    t.talk(c, s)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 1))
    s.close()
    t.sleep(0.05)
    c.close()
    t.sleep(0.1)


@scenario('halfclose-both-ways-data')
def _(t):
    """The client half-closes; the server streams, half-closes, closes."""
    c, s = t.pair()
    c.sendall(b'give')
    c.shutdown(socket.SHUT_WR)
    s.recv(10)
    for _ in range(3):
        s.sendall(b'x' * 1000)
        t.sleep(0.03)
    s.shutdown(socket.SHUT_WR)
    t.sleep(0.06)
    s.close()
    c.close()
    t.sleep(0.1)
