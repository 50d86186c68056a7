import { readFileSync } from 'node:fs'

/** The system's databases of names: /etc/services, /etc/protocols, /etc/networks, /etc/ethers, /etc/hosts. Each file is
 *  read when it is first asked for; one that is missing is empty. */

export interface Service {
  readonly name: string
  readonly aliases: readonly string[]
  readonly port: number
  /** tcp, udp, sctp … */
  readonly protocol: string
}

/** A name, its aliases, and what it stands for. */
interface Entry {
  readonly names: readonly string[]
  readonly value: string
}

/** Services in the file's order; the well-known ones where the system has no such file (containers often). */
export const services = once((): readonly Service[] => {
  const lines = readLines('/etc/services')
  const found: Service[] = []
  for (const [name, value, ...aliases] of lines ?? WELL_KNOWN.map((line) => line.split(' '))) {
    const [, port, protocol] = /^(\d{1,5})\/(\w+)$/.exec(value ?? '') ?? []
    if (port !== undefined && Number(port) < 65_536) found.push({ name, aliases, port: Number(port), protocol })
  }
  return found
})

/** IP protocols: name and number. */
export const protocols = once(() => entries('/etc/protocols'))

/** Networks: name and number in dotted form. */
export const networks = once(() => entries('/etc/networks'))

/** Stations: host name and MAC address. The file has the address first. */
export const ethers = once(() => addressEntries('/etc/ethers'))

/** Hosts: names and address. The file has the address first. */
export const hosts = once(() => addressEntries('/etc/hosts'))

function entries(path: string): readonly Entry[] {
  return (readLines(path) ?? []).flatMap(([name, value, ...aliases]) =>
    value === undefined ? [] : [{ names: [name, ...aliases], value }],
  )
}

function addressEntries(path: string): readonly Entry[] {
  return (readLines(path) ?? []).flatMap(([value, ...names]) => (names.length === 0 ? [] : [{ names, value }]))
}

/** The words of each line, comments left out; null if the file cannot be read. */
function readLines(path: string): readonly string[][] | null {
  let text: string
  try {
    text = readFileSync(path, 'latin1')
  } catch {
    return null
  }
  return text
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '')
    .map((line) => line.split(/\s+/))
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | null = null
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/** Of https://www.iana.org/assignments/service-names-port-numbers, what is met every day. */
const WELL_KNOWN: readonly string[] = [
  'echo 7/tcp',
  'echo 7/udp',
  'discard 9/tcp',
  'discard 9/udp',
  'daytime 13/tcp',
  'daytime 13/udp',
  'chargen 19/tcp',
  'chargen 19/udp',
  'ftp-data 20/tcp',
  'ftp 21/tcp',
  'ssh 22/tcp',
  'telnet 23/tcp',
  'smtp 25/tcp mail',
  'time 37/tcp',
  'time 37/udp',
  'whois 43/tcp nicname',
  'tacacs 49/tcp',
  'domain 53/tcp',
  'domain 53/udp',
  'bootps 67/udp',
  'bootpc 68/udp',
  'tftp 69/udp',
  'gopher 70/tcp',
  'finger 79/tcp',
  'http 80/tcp www',
  'kerberos 88/tcp',
  'kerberos 88/udp',
  'pop3 110/tcp',
  'sunrpc 111/tcp portmapper',
  'sunrpc 111/udp portmapper',
  'auth 113/tcp ident',
  'nntp 119/tcp',
  'ntp 123/udp',
  'epmap 135/tcp',
  'netbios-ns 137/udp',
  'netbios-dgm 138/udp',
  'netbios-ssn 139/tcp',
  'imap2 143/tcp imap',
  'snmp 161/tcp',
  'snmp 161/udp',
  'snmp-trap 162/tcp snmptrap',
  'snmp-trap 162/udp snmptrap',
  'bgp 179/tcp',
  'irc 194/tcp',
  'ldap 389/tcp',
  'ldap 389/udp',
  'https 443/tcp',
  'https 443/udp',
  'microsoft-ds 445/tcp',
  'isakmp 500/udp',
  'exec 512/tcp',
  'login 513/tcp',
  'shell 514/tcp',
  'syslog 514/udp',
  'printer 515/tcp',
  'route 520/udp router',
  'dhcpv6-client 546/udp',
  'dhcpv6-server 547/udp',
  'rtsp 554/tcp',
  'submissions 465/tcp',
  'submission 587/tcp',
  'ipp 631/tcp',
  'ldaps 636/tcp',
  'domain-s 853/tcp',
  'rsync 873/tcp',
  'imaps 993/tcp',
  'pop3s 995/tcp',
  'socks 1080/tcp',
  'openvpn 1194/udp',
  'ms-sql-s 1433/tcp',
  'radius 1812/udp',
  'radius-acct 1813/udp',
  'nfs 2049/tcp',
  'nfs 2049/udp',
  'mysql 3306/tcp',
  'stun 3478/udp',
  'svn 3690/tcp',
  'vxlan 4789/udp',
  'sip 5060/tcp',
  'sip 5060/udp',
  'xmpp-client 5222/tcp',
  'mdns 5353/udp',
  'postgresql 5432/tcp',
  'amqp 5672/tcp',
  'geneve 6081/udp',
  'redis 6379/tcp',
  'http-alt 8080/tcp webcache',
]
