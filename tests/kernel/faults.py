"""Lost, repeated and reordered segments."""
import socket

from scenario import LINGER0, NODELAY, scenario, lose, late, twice, orderly


@scenario('loss-rst', rules=lambda: [lose('client', 'R')])
def _(t):
    """The reset is lost; the server writes later and a second one answers."""
    c, s = t.pair()
    t.talk(c, s)
    c.setsockopt(*LINGER0)
    c.close()
    t.sleep(0.3)
    s.sendall(b'anybody there?')
    t.sleep(0.1)


@scenario('loss-rst-server', rules=lambda: [lose('server', 'R')])
def _(t):
    """The server's reset is lost; the client goes on and closes later."""
    c, s = t.pair()
    t.talk(c, s)
    t.sleep(0.06)
    s.setsockopt(*LINGER0)
    s.close()
    t.sleep(0.2)
    c.sendall(b'more')
    t.sleep(0.1)


@scenario('loss-rst-then-fin', rules=lambda: [lose('client', 'R')])
def _(t):
    """The client's reset is lost; the server closes later, its FIN is answered by a reset."""
    c, s = t.pair()
    t.talk(c, s)
    c.setsockopt(*LINGER0)
    c.close()
    t.sleep(0.2)
    s.close()
    t.sleep(0.1)


@scenario('loss-fin-server', rules=lambda: [lose('server', 'F')])
def _(t):
    """The server closes first and its FIN is lost; the client closes before it is repeated."""
    c, s = t.pair()
    t.talk(c, s)
    t.sleep(0.05)
    s.close()
    t.sleep(0.03)
    c.close()
    t.sleep(0.6)


@scenario('loss-fin-server-second', rules=lambda: [lose('server', 'F')])
def _(t):
    """The answering FIN of the server is lost once."""
    orderly(t)
    t.sleep(0.6)


@scenario('loss-fin-first-server', rules=lambda: [lose('server', 'F')])
def _(t):
    """The first FIN, of the server, is lost once."""
    orderly(t, 'server')
    t.sleep(0.4)


@scenario('loss-fin-both', rules=lambda: [lose('client', 'F'), lose('server', 'F')])
def _(t):
    """Both FINs are lost once."""
    orderly(t)
    t.sleep(0.6)


@scenario('loss-fin-both-simultaneous', rules=lambda: [lose('client', 'F'), lose('server', 'F')])
def _(t):
    """Both close at once and both FINs are lost."""
    c, s = t.pair()
    t.talk(c, s)
    t.sleep(0.05)
    c.close()
    s.close()
    t.sleep(0.6)


@scenario('loss-last-ack-server')
def _(t):
    """The server closes first; its last ACK is lost, the client repeats its FIN."""
    c, s = t.pair()
    t.talk(c, s)
    t.sleep(0.05)
    s.close()
    c.recv(10)
    t.sleep(0.05)
    t.wire.rules.append(lose('server', 'A'))
    c.close()
    t.sleep(0.5)


@scenario('loss-ack-of-fin')
def _(t):
    """The ACK of the first FIN is lost: the FIN is repeated before the other side closes."""
    c, s = t.pair()
    t.talk(c, s)
    t.sleep(0.1)
    t.wire.rules.append(lose('server', 'A'))
    c.close()
    t.sleep(0.5)
    s.close()
    t.sleep(0.2)


@scenario('loss-ack-of-fin-then-fin')
def _(t):
    """The ACK of the first FIN is lost, the answering FIN comes before it is repeated."""
    c, s = t.pair()
    t.talk(c, s)
    t.sleep(0.1)
    t.wire.rules.append(lose('server', 'A'))
    c.close()
    t.sleep(0.1)
    s.close()
    t.sleep(0.4)


@scenario('loss-data-with-fin', rules=lambda: [lose('client', 'D', 2)])
def _(t):
    """The last data carries the FIN, and is lost."""
    c, s = t.pair()
    t.talk(c, s)
    c.send(b'the end', socket.MSG_MORE)
    c.close()
    s.recv(10)
    s.recv(10)
    s.close()
    t.sleep(0.2)


@scenario('loss-data-before-fin', rules=lambda: [lose('client', 'D', 2)])
def _(t):
    """Data is lost, the FIN behind it arrives."""
    c, s = t.pair(NODELAY)
    t.talk(c, s)
    c.sendall(b'the end')
    c.close()
    s.recv(10)
    s.recv(10)
    s.close()
    t.sleep(0.2)


@scenario('loss-data-and-fin-server-closes', rules=lambda: [lose('client', 'D', 2), lose('client', 'F', 1)])
def _(t):
    """Data and FIN are both lost while the server closes on its own."""
    c, s = t.pair(NODELAY)
    t.talk(c, s)
    t.sleep(0.05)
    c.sendall(b'the end')
    c.shutdown(socket.SHUT_WR)
    s.shutdown(socket.SHUT_WR)
    t.sleep(0.8)


@scenario('loss-all-after-fin', client_sysctl={'tcp_orphan_retries': 1}, silent=['client'], views={'server.pcap': 'prefix'})
def _(t):
    """The wire breaks as the client closes: tcp_orphan_retries end FIN_WAIT_1 without a packet."""
    c, s = t.pair()
    t.talk(c, s)
    t.sleep(0.05)
    t.wire.cut = {'client', 'server'}
    c.close()
    t.sleep(2.6)


@scenario('orphan-retries-then-fin', client_sysctl={'tcp_orphan_retries': 1}, views={'server.pcap': None})
def _(t):
    """As above, then the wire is whole again and the server closes: a reset answers its FIN."""
    c, s = t.pair()
    t.talk(c, s)
    t.sleep(0.05)
    t.wire.cut = {'client', 'server'}
    c.close()
    t.sleep(2.6)
    t.wire.cut = set()
    s.close()
    t.sleep(0.15)


@scenario('lastack-retries', server_sysctl={'tcp_orphan_retries': 1}, silent=['server'], views={'pcap': 'prefix'})
def _(t):
    """Everything the server sends after the client's FIN is lost: LAST_ACK ends by retries."""
    c, s = t.pair()
    t.talk(c, s)
    t.sleep(0.05)
    c.close()
    t.sleep(0.06)
    t.wire.cut = {'client'}
    s.close()
    t.sleep(1.9)


@scenario('dup-syn-synack-fin', rules=lambda: [twice('client', 'S', 1, 0.03), twice('server', 'SA', 1, 0.05),
                                               twice('client', 'F', 1, 0.03), twice('server', 'F', 1, 0.03)])
def _(t):
    """SYN, SYN-ACK and both FINs arrive twice, soon after one another."""
    orderly(t)
    t.sleep(0.2)


@scenario('dup-syn-late', rules=lambda: [twice('client', 'S', 1, 0.25)])
def _(t):
    """A copy of the SYN arrives in the established connection: a challenge ACK."""
    c, s = t.pair()
    t.talk(c, s)
    t.sleep(0.25)
    c.close()
    s.recv(1)
    s.close()
    t.sleep(0.1)


@scenario('dup-synack-late', rules=lambda: [twice('server', 'SA', 1, 0.25)])
def _(t):
    """A copy of the SYN-ACK arrives in the established connection."""
    c, s = t.pair()
    t.talk(c, s)
    t.sleep(0.25)
    c.close()
    s.recv(1)
    s.close()
    t.sleep(0.1)


@scenario('dup-fin-late', rules=lambda: [twice('client', 'F', 1, 0.15)])
def _(t):
    """A copy of the client's FIN arrives when the server's socket is gone: its reset ends TIME_WAIT."""
    orderly(t)
    t.sleep(0.2)


@scenario('dup-fin-server-late', rules=lambda: [twice('server', 'F', 1, 0.15)])
def _(t):
    """A copy of the server's FIN meets TIME_WAIT; the ACK meets no socket; the reset ends TIME_WAIT."""
    orderly(t)
    t.sleep(0.2)


@scenario('dup-data-late-timewait-assassination', rules=lambda: [twice('server', 'D', 1, 0.3)],
          sysctl={'tcp_timestamps': 0})
def _(t):
    """RFC 1337: old data meets TIME_WAIT, is acknowledged, the answering reset ends TIME_WAIT."""
    orderly(t)
    t.sleep(0.3)


@scenario('reorder-synack-data', rules=lambda: [late('client', 'A', 1, 0.06)])
def _(t):
    """The client's data overtakes the third ACK by far; the server answers at once."""
    t.listen()
    c = t.socket(t.client)
    c.connect(t.target)
    c.sendall(b'ping')
    s = t.accept()
    s.recv(10)
    s.sendall(b'pong')
    c.recv(10)
    s.close()
    c.recv(1)
    c.close()
    t.sleep(0.1)


@scenario('reorder-server-speaks-first', rules=lambda: [late('server', 'SA', 1, 0.04)])
def _(t):
    """The SYN-ACK is slow; the server speaks first as soon as it may."""
    c, s = t.pair()
    s.sendall(b'220 hello')
    c.recv(20)
    s.close()
    c.recv(1)
    c.close()
    t.sleep(0.1)


@scenario('reorder-fin-before-last-data-server', rules=lambda: [late('server', 'D', 2, 0.05)])
def _(t):
    """The server's FIN overtakes its last data."""
    c, s = t.pair()
    s.setsockopt(*NODELAY)
    t.talk(c, s)
    s.sendall(b'last')
    s.close()
    c.recv(10)
    c.recv(10)
    c.close()
    t.sleep(0.2)


@scenario('reorder-rst-before-data', rules=lambda: [late('client', 'D', 2, 0.06)])
def _(t):
    """A reset overtakes data; the data meets no socket."""
    c, s = t.pair()
    t.talk(c, s)
    c.sendall(b'slow')
    c.setsockopt(*LINGER0)
    c.close()
    t.sleep(0.2)


@scenario('reorder-ack-of-fin-after-fin')
def _(t):
    """The server's FIN overtakes its ACK of the client's FIN."""
    c, s = t.pair()
    t.talk(c, s)
    t.sleep(0.1)
    t.wire.rules.append(late('server', 'A', 1, 0.09))
    c.close()
    t.sleep(0.04)
    s.close()
    t.sleep(0.3)


@scenario('loss-fin-both-v6', v6=True, rules=lambda: [lose('client', 'F'), lose('server', 'F')])
def _(t):
    """Both FINs are lost once, IPv6."""
    orderly(t)
    t.sleep(0.6)


@scenario('loss-handshake-and-fin', rules=lambda: [lose('client', 'S'), lose('server', 'SA'), lose('client', 'A'),
                                                   lose('client', 'F')])
def _(t):
    """SYN, SYN-ACK, third ACK and FIN are each lost once."""
    t.listen()
    c = t.dial()
    t.sleep(2.3)
    c.close()
    s = t.accept()
    s.recv(1)
    s.close()
    t.sleep(0.6)


@scenario('loss-all-acks-of-close')
def _(t):
    """Every pure ACK after the first FIN is lost once."""
    c, s = t.pair()
    t.talk(c, s)
    t.sleep(0.1)
    t.wire.rules += [lose('server', 'A'), lose('client', 'A')]
    c.close()
    t.sleep(0.08)
    s.close()
    t.sleep(0.8)


@scenario('loss-rst-to-data', rules=lambda: [lose('client', 'R')])
def _(t):
    """The aborting client's reset is lost while the server sends: the next segment brings another."""
    c, s = t.pair()
    t.talk(c, s)
    t.sleep(0.06)
    c.setsockopt(*LINGER0)
    c.close()
    s.sendall(b'one')
    t.sleep(0.01)
    s.sendall(b'two')
    t.sleep(0.3)


@scenario('dup-rst', rules=lambda: [twice('client', 'R', 1, 0.06)])
def _(t):
    """The reset arrives twice."""
    c, s = t.pair()
    t.talk(c, s)
    t.sleep(0.06)
    c.setsockopt(*LINGER0)
    c.close()
    t.sleep(0.15)


@scenario('dup-third-ack-late', rules=lambda: [twice('client', 'A', 1, 0.25)])
def _(t):
    """A copy of the third ACK arrives after the close."""
    orderly(t)
    t.sleep(0.25)


@scenario('reorder-fin-ack-before-data-client', rules=lambda: [late('client', 'D', 2, 0.09)])
def _(t):
    """The client's FIN overtakes its data; the server closes when both are there."""
    c, s = t.pair()
    c.setsockopt(*NODELAY)
    t.talk(c, s)
    c.sendall(b'last')
    c.close()
    s.recv(10)
    s.recv(10)
    s.close()
    t.sleep(0.15)
