"""What scenarios are made of. Each plays on a Stage (generate.py); `rules` is a function, so that each run counts afresh."""
import socket, struct

from net import Rule

LINGER0 = (socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
NODELAY = (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
USER_TIMEOUT = 18
REPAIR = 19
SCENARIOS = []


def scenario(name, **spec):
    def add(play):
        SCENARIOS.append({'name': name, 'play': play, **spec})
        return play
    return add


def lose(side, kind, *numbers):
    return Rule(side, kind, numbers or (1,))


def late(side, kind, number, delay):
    return Rule(side, kind, number, delay)


def twice(side, kind, number, delay):
    """The segment, and a copy of it `delay` seconds after it was sent."""
    return Rule(side, kind, number, 0.02, delay)


def orderly(t, first='client'):
    c, s = t.pair()
    t.talk(c, s)
    a, b = (c, s) if first == 'client' else (s, c)
    a.close()
    b.recv(10)
    b.close()


def power_off(s):
    """The socket is gone without a word, as when its host lost power."""
    s.setsockopt(socket.IPPROTO_TCP, REPAIR, 1)
    s.close()
