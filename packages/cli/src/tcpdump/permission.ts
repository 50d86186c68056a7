import type { LiveError } from '../capture/live-source.ts'
import type { Bilingual } from '../flags/flag.ts'
import { messageLanguage } from '../terminal/locale.ts'
import { Failure } from './failure.ts'

/** Ways to the right to capture. */
export const WAYS: Bilingual = {
  en: `Ways to capture:
  1. sudo wiretale ...
     root's rights are given up as soon as the interface is open
  2. a copy of node that may capture, for you alone:
     install -m 700 "$(command -v node)" ~/.local/bin/wiretale-node
     sudo setcap cap_net_raw,cap_net_admin+ep ~/.local/bin/wiretale-node
     WIRETALE_NODE=~/.local/bin/wiretale-node wiretale ...
  3. a group whose members may run tcpdump with that right, which then captures for wiretale:
     sudo groupadd pcap && sudo usermod -aG pcap "$USER"
     sudo chgrp pcap /usr/bin/tcpdump && sudo chmod 750 /usr/bin/tcpdump
     sudo setcap cap_net_raw,cap_net_admin+ep /usr/bin/tcpdump
     log in anew, then WIRETALE_ENGINE=tcpdump wiretale ...`,
  zh: `获得抓包权限的办法：
  1. sudo wiretale ...
     打开网络接口后立即放弃 root 权限
  2. 复制一份仅供自己使用、可以抓包的 node：
     install -m 700 "$(command -v node)" ~/.local/bin/wiretale-node
     sudo setcap cap_net_raw,cap_net_admin+ep ~/.local/bin/wiretale-node
     WIRETALE_NODE=~/.local/bin/wiretale-node wiretale ...
  3. 建立一个用户组，其成员可运行带此权限的 tcpdump，由它替 wiretale 抓包：
     sudo groupadd pcap && sudo usermod -aG pcap "$USER"
     sudo chgrp pcap /usr/bin/tcpdump && sudo chmod 750 /usr/bin/tcpdump
     sudo setcap cap_net_raw,cap_net_admin+ep /usr/bin/tcpdump
     重新登录，然后 WIRETALE_ENGINE=tcpdump wiretale ...`,
}

/** What ends tcpdump mode when an interface cannot be opened: tcpdump's words, ours under them. */
export function asFailure({ code, message, hint }: LiveError): Failure {
  return code === 'permission' ? new Failure(message, null, WAYS[messageLanguage()]) : new Failure(message, hint)
}
