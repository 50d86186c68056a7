"""How connections come about, or do not."""
import socket

from scenario import LINGER0, scenario, lose, late, orderly


def overflow(t):
    first = overfull(t)
    t.sleep(0.3)
    return first


def overfull(t):
    """A second handshake is under way when the accept queue, with the first in it, is declared full."""
    t.listen(8)
    t.dial()
    t.sleep(0.1)
    second = t.dial()
    t.sleep(0.03)
    t.listener.listen(0)
    return second


def both_dial(t):
    a = t.socket(t.client, port=40001)
    b = t.socket(t.server, port=8080)
    a.setblocking(False)
    b.setblocking(False)
    a.connect_ex(t.target)
    b.connect_ex((t.client.v4, 40001))
    return a, b


@scenario('open-abort-on-overflow', server_sysctl={'tcp_abort_on_overflow': 1})
def _(t):
    """Two handshakes end at once, the accept queue takes one: the other is reset by its request socket."""
    overflow(t)


@scenario('open-abort-on-overflow-data', server_sysctl={'tcp_abort_on_overflow': 1})
def _(t):
    """As above, and the client has already written behind its third ACK."""
    second = overfull(t)
    t.sleep(0.013)
    second.send(b'hello')
    t.sleep(0.3)


@scenario('open-backlog-overflow')
def _(t):
    """Two handshakes, the accept queue takes one; the listener closes: that one is reset. The other, in SYN_RCVD, goes
    without a word; the data of its client is answered by a reset."""
    second = overflow(t)
    t.sleep(1.0)
    t.listener.close()
    t.sleep(0.1)
    second.send(b'hello')
    t.sleep(0.15)


@scenario('open-backlog-syn-dropped')
def _(t):
    """The accept queue is full: SYNs are ignored until there is room."""
    t.listen(0)
    first = t.dial()
    t.sleep(0.1)
    second = t.dial()
    t.sleep(0.5)
    s = t.accept()
    t.sleep(1.0)
    s2 = t.accept()
    t.sleep(0.1)


@scenario('open-listener-closed-half-open', rules=lambda: [late('client', 'A', 1, 0.15)])
def _(t):
    """The listener closes while a request waits for its third ACK: a reset answers the ACK."""
    t.listen()
    c = t.dial()
    t.sleep(0.1)
    t.listener.close()
    t.sleep(0.2)


@scenario('open-listener-closed-unaccepted')
def _(t):
    """The listener closes with an established connection in its accept queue."""
    t.listen()
    c = t.dial()
    t.sleep(0.1)
    t.listener.close()
    t.sleep(0.1)


@scenario('open-refused')
def _(t):
    """Nobody listens."""
    c = t.dial()
    t.sleep(0.15)


@scenario('open-refused-v6', v6=True)
def _(t):
    """Nobody listens, IPv6."""
    c = t.dial()
    t.sleep(0.15)


@scenario('open-refused-rst-lost', rules=lambda: [lose('server', 'R')])
def _(t):
    """Nobody listens, and the first reset is lost."""
    c = t.dial()
    t.sleep(1.4)


@scenario('open-reject-port-unreachable')
def _(t):
    """A firewall answers the SYN with ICMP port unreachable (iptables -j REJECT)."""
    t.wire.reject = (3, 4)
    t.listen()
    c = t.dial()
    t.sleep(0.15)


@scenario('open-reject-prohibited')
def _(t):
    """A firewall answers with ICMP administratively prohibited."""
    t.wire.reject = (13, 1)
    t.listen()
    c = t.dial()
    t.sleep(0.15)


@scenario('open-reject-port-unreachable-v6', v6=True)
def _(t):
    """As above, IPv6."""
    t.wire.reject = (3, 4)
    t.listen()
    c = t.dial()
    t.sleep(0.15)


@scenario('open-timeout', client_sysctl={'tcp_syn_retries': 1, 'tcp_syn_linear_timeouts': 0}, silent=['client'])
def _(t):
    """SYNs into the void until the client gives up."""
    t.wire.cut = {'server'}
    t.listen()
    c = t.dial()
    t.sleep(3.5)


@scenario('open-synack-lost-forever', rules=lambda: [lose('server', 'SA', *range(1, 20))], silent=['client'],
          sysctl={'tcp_synack_retries': 1, 'tcp_syn_retries': 1, 'tcp_syn_linear_timeouts': 0}, views={'pcap': None})
def _(t):
    """No SYN-ACK gets through: both give up."""
    t.listen()
    c = t.dial()
    t.sleep(3.5)


@scenario('open-third-ack-lost-client-closes', rules=lambda: [lose('client', 'A')])
def _(t):
    """The third ACK is lost; the client closes at once: its FIN completes the handshake."""
    t.listen()
    c = t.dial()
    t.sleep(0.06)
    c.close()
    s = t.accept()
    s.recv(1)
    s.close()
    t.sleep(0.15)


@scenario('open-third-ack-lost-client-resets', rules=lambda: [lose('client', 'A')], views={'pcap': None})
def _(t):
    """The third ACK is lost; the client aborts: the server never left SYN_RCVD."""
    t.listen()
    c = t.dial(LINGER0)
    t.sleep(0.06)
    c.close()
    t.sleep(0.1)


@scenario('open-third-ack-late', rules=lambda: [late('client', 'A', 1, 0.1)])
def _(t):
    """Data overtakes the third ACK."""
    t.listen()
    c = t.dial()
    t.sleep(0.06)
    c.send(b'early')
    s = t.accept()
    s.recv(10)
    t.sleep(0.1)
    c.close()
    s.close()
    t.sleep(0.15)


@scenario('open-syn-cookies', server_sysctl={'tcp_syncookies': 2})
def _(t):
    """SYN cookies always: no request socket, the socket is made by the third ACK."""
    orderly(t)
    t.sleep(0.1)


@scenario('open-syn-cookies-ack-lost', server_sysctl={'tcp_syncookies': 2}, rules=lambda: [lose('client', 'A')])
def _(t):
    """SYN cookies, third ACK lost: the data brings the cookie."""
    t.listen()
    c = t.dial()
    t.sleep(0.08)
    c.send(b'hello')
    s = t.accept()
    s.recv(10)
    c.close()
    s.close()
    t.sleep(0.15)


@scenario('open-simultaneous-syn-lost', rules=lambda: [lose('client', 'S')], closed_first=None, views={'server.pcap': None})
def _(t):
    """Simultaneous open, the client's SYN is lost: an ordinary open by the server's SYN, answered from SYN_SENT."""
    a, b = both_dial(t)
    t.sleep(1.4)
    a.close()
    t.sleep(0.1)
    b.close()
    t.sleep(0.1)


@scenario('open-simultaneous-synack-lost', rules=lambda: [lose('server', 'SA')], closed_first=None, views={'pcap': None})
def _(t):
    """Simultaneous open, one SYN-ACK is lost."""
    a, b = both_dial(t)
    t.sleep(1.4)
    a.close()
    t.sleep(0.1)
    b.close()
    t.sleep(0.1)


@scenario('open-simultaneous-close', closed_first=None)
def _(t):
    """Simultaneous open, then simultaneous close."""
    a, b = both_dial(t)
    t.sleep(0.15)
    a.close()
    b.close()
    t.sleep(0.2)


@scenario('open-simultaneous-reset', closed_first=None)
def _(t):
    """Simultaneous open, then an abort."""
    a, b = both_dial(t)
    t.sleep(0.15)
    a.setsockopt(*LINGER0)
    a.close()
    t.sleep(0.1)


@scenario('open-timewait-reuse-client')
def _(t):
    """The client binds the 4-tuple that it has in TIME_WAIT and connects again (tcp_tw_reuse)."""
    c, s = t.pair(port=40001)
    t.talk(c, s)
    c.close()
    s.recv(1)
    s.close()
    t.sleep(1.3)
    c2 = t.socket(t.client, port=40001)
    c2.connect(t.target)
    s2 = t.accept()
    t.talk(c2, s2)
    c2.close()
    s2.recv(1)
    s2.close()
    t.sleep(0.1)


@scenario('open-reuse-after-last-ack')
def _(t):
    """The server closed first, the client reuses its port at once: the SYN meets TIME_WAIT."""
    c, s = t.pair(port=40001)
    t.talk(c, s)
    s.close()
    c.recv(1)
    c.close()
    t.sleep(0.1)
    c2 = t.socket(t.client, port=40001)
    c2.connect(t.target)
    s2 = t.accept()
    t.talk(c2, s2)
    s2.close()
    c2.recv(1)
    c2.close()
    t.sleep(0.1)


@scenario('rst-in-syn-rcvd-by-client', rules=lambda: [late('server', 'SA', 1, 0.08)])
def _(t):
    """The client gives up before the SYN-ACK arrives, which a reset answers."""
    t.listen()
    c = t.dial()
    t.sleep(0.05)
    c.close()
    t.sleep(0.15)


@scenario('open-connect-again-after-refusal', no_server=[0])
def _(t):
    """Refused; then somebody listens and the same port connects."""
    c = t.dial(port=40001)
    t.sleep(0.1)
    c.close()
    t.listen()
    c, s = t.pair(port=40001)
    t.talk(c, s)
    c.close()
    s.recv(1)
    s.close()
    t.sleep(0.1)
