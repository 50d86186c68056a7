"""Resets, crashes and timeouts."""
import socket

from net import RST, craft
from scenario import LINGER0, USER_TIMEOUT, scenario, power_off


@scenario('rst-linger0-server')
def _(t):
    c, s = t.pair()
    t.talk(c, s)
    s.setsockopt(*LINGER0)
    s.close()
    t.sleep(0.1)


@scenario('rst-linger0-at-once')
def _(t):
    """The client aborts right after the third ACK."""
    c, s = t.pair(LINGER0)
    c.close()
    t.sleep(0.1)


@scenario('rst-linger0-server-at-once')
def _(t):
    """The server aborts an accepted connection before anything was sent."""
    c, s = t.pair()
    s.setsockopt(*LINGER0)
    s.close()
    t.sleep(0.1)


@scenario('rst-crossing')
def _(t):
    """Both abort within the one-way delay."""
    c, s = t.pair()
    t.talk(c, s)
    t.sleep(0.05)
    for x in (c, s):
        x.setsockopt(*LINGER0)
    c.close()
    s.close()
    t.sleep(0.1)


@scenario('rst-crosses-fin')
def _(t):
    """The client aborts while the server's FIN is on its way."""
    c, s = t.pair()
    t.talk(c, s)
    t.sleep(0.05)
    c.setsockopt(*LINGER0)
    s.close()
    c.close()
    t.sleep(0.1)


@scenario('crash-client-power-loss')
def _(t):
    """The client loses power and comes back without the connection; the server's data is answered by a reset."""
    c, s = t.pair()
    t.talk(c, s)
    t.sleep(0.05)
    t.wire.cut = {'client'}
    power_off(c)
    s.sendall(b'are you there?')
    t.sleep(0.7)
    t.wire.cut = set()
    t.sleep(1.2)


@scenario('crash-client-power-loss-fin')
def _(t):
    """The client loses power; the server closes, its FIN is answered by a reset."""
    c, s = t.pair()
    t.talk(c, s)
    t.sleep(0.05)
    power_off(c)
    t.sleep(0.1)
    s.close()
    t.sleep(0.15)


@scenario('crash-client-power-loss-forever', server_sysctl={'tcp_orphan_retries': 2}, silent=['client', 'server'], views={'pcap': 'prefix'})
def _(t):
    """The client is gone for good: the server sends, closes, and gives up."""
    c, s = t.pair()
    t.talk(c, s)
    t.sleep(0.05)
    t.wire.cut = {'client'}
    power_off(c)
    s.sendall(b'are you there?')
    s.close()
    t.sleep(3.5)


@scenario('crash-server-reboot')
def _(t):
    """The server lost the connection silently; the client writes and is reset."""
    c, s = t.pair()
    t.talk(c, s)
    t.sleep(0.05)
    power_off(s)
    t.sleep(0.05)
    c.sendall(b'ping')
    t.sleep(0.15)


@scenario('crash-server-reconnect')
def _(t):
    """The client lost the connection and opens the same 4-tuple again: challenge ACK, reset, new connection."""
    c, s = t.pair(port=40001)
    t.talk(c, s)
    t.sleep(0.05)
    power_off(c)
    c2 = t.socket(t.client, port=40001)
    c2.connect(t.target)
    s2 = t.accept()
    t.talk(c2, s2)
    c2.close()
    s2.recv(10)
    s2.close()
    t.sleep(0.1)


@scenario('keepalive-dead-peer', silent=['client'], views={'pcap': 'prefix'})
def _(t):
    """Keepalive probes to a peer that is gone: the server resets and closes."""
    c, s = t.pair()
    for option, value in ((socket.TCP_KEEPIDLE, 1), (socket.TCP_KEEPINTVL, 1), (socket.TCP_KEEPCNT, 2)):
        s.setsockopt(socket.IPPROTO_TCP, option, value)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    t.talk(c, s)
    t.sleep(0.05)
    t.wire.cut = {'client'}
    power_off(c)
    t.sleep(3.6)


@scenario('keepalive-rebooted-peer')
def _(t):
    """A keepalive probe is answered by a reset: the peer has lost the connection."""
    c, s = t.pair()
    for option, value in ((socket.TCP_KEEPIDLE, 1), (socket.TCP_KEEPINTVL, 1), (socket.TCP_KEEPCNT, 2)):
        s.setsockopt(socket.IPPROTO_TCP, option, value)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    t.talk(c, s)
    t.sleep(0.05)
    power_off(c)
    t.sleep(1.3)


@scenario('user-timeout-server-closes', silent=[])
def _(t):
    """Data is not acknowledged within TCP_USER_TIMEOUT: the client gives up; later the server's FIN is reset."""
    c, s = t.pair()
    t.talk(c, s)
    t.sleep(0.05)
    c.setsockopt(socket.IPPROTO_TCP, USER_TIMEOUT, 500)
    t.wire.cut = {'server'}
    c.sendall(b'lost')
    t.sleep(1.6)
    t.wire.cut = set()
    s.close()
    t.sleep(0.15)


@scenario('server-kill9')
def _(t):
    """The server's process is killed: its kernel sends FIN."""
    c, s = t.pair()
    t.talk(c, s)
    child = t.hand_over(s)
    t.sleep(0.05)
    child.kill()
    child.wait()
    t.sleep(0.1)
    c.close()
    t.sleep(0.1)


@scenario('server-kill9-unread')
def _(t):
    """The server's process is killed with data unread: RST."""
    c, s = t.pair()
    t.talk(c, s)
    c.sendall(b'unread')
    t.sleep(0.05)
    child = t.hand_over(s)
    t.sleep(0.02)
    child.kill()
    child.wait()
    t.sleep(0.1)


@scenario('server-kill9-client-writes')
def _(t):
    """The server's process is killed; the client writes on into CLOSE_WAIT and is reset."""
    c, s = t.pair()
    t.talk(c, s)
    child = t.hand_over(s)
    t.sleep(0.02)
    child.kill()
    child.wait()
    t.sleep(0.06)
    c.sendall(b'more')
    t.sleep(0.15)


@scenario('forged-rst-in-window')
def _(t):
    """A middlebox sends the server a reset inside its window, not at its edge: a challenge ACK, nothing else."""
    c, s = t.pair()
    t.talk(c, s)
    t.sleep(0.1)
    last = [x for x in t.wire.seen if x.side == 'client'][-1]
    frame = craft(t.server.mac, t.client.mac, c.getsockname(), s.getsockname(), last.seq + 100, 0, RST)
    t.wire.put('server', frame, 0)
    t.sleep(0.1)
    c.close()
    s.recv(1)
    s.close()
    t.sleep(0.15)


@scenario('forged-rst-exact')
def _(t):
    """A middlebox resets both sides with exact numbers."""
    c, s = t.pair()
    t.talk(c, s)
    t.sleep(0.1)
    last = {side: [x for x in t.wire.seen if x.side == side][-1] for side in ('client', 'server')}
    c_next = last['client'].seq + last['client'].bytes
    s_next = last['server'].seq + last['server'].bytes
    t.wire.put('server', craft(t.server.mac, t.client.mac, c.getsockname(), s.getsockname(), c_next, 0, RST), 0)
    t.wire.put('client', craft(t.client.mac, t.server.mac, s.getsockname(), c.getsockname(), s_next, 0, RST), 0)
    t.sleep(0.15)
