/** Names that tcpdump without -n prints for ports (IANA's registry; the ones met in traces of everyday hosts). */
const TABLE =
  'tcpmux 1 echo 7 discard 9 systat 11 daytime 13 netstat 15 qotd 17 chargen 19 ftp-data 20 ftp 21 ssh 22 telnet 23 ' +
  'smtp 25 time 37 rlp 39 nameserver 42 whois 43 tacacs 49 domain 53 bootps 67 bootpc 68 tftp 69 gopher 70 finger 79 ' +
  'http 80 www 80 www-http 80 kerberos 88 kerberos-sec 88 iso-tsap 102 acr-nema 104 pop2 109 pop3 110 sunrpc 111 auth 113 ident 113 ' +
  'sftp 115 nntp 119 ntp 123 loc-srv 135 epmap 135 netbios-ns 137 netbios-dgm 138 netbios-ssn 139 imap2 143 imap 143 ' +
  'snmp 161 snmp-trap 162 snmptrap 162 cmip-man 163 mailq 174 xdmcp 177 bgp 179 irc 194 smux 199 qmtp 209 z3950 210 ipx 213 ' +
  'ptp-event 319 ptp-general 320 pawserv 345 zserv 346 rpc2portmap 369 codaauth2 370 clearcase 371 ldap 389 svrloc 427 ' +
  'https 443 snpp 444 microsoft-ds 445 kpasswd 464 kpasswd5 464 urd 465 submissions 465 ssmtp 465 saft 487 isakmp 500 ' +
  'exec 512 biff 512 login 513 who 513 shell 514 syslog 514 printer 515 talk 517 ntalk 518 route 520 router 520 gdomap 538 uucp 540 ' +
  'klogin 543 kshell 544 dhcpv6-client 546 dhcpv6-server 547 afpovertcp 548 rtsp 554 nntps 563 submission 587 ' +
  'nqs 607 asf-rmcp 623 qmqp 628 ipp 631 ldaps 636 tinc 655 silc 706 kerberos-adm 749 domain-s 853 rsync 873 ' +
  'ftps-data 989 ftps 990 telnets 992 imaps 993 pop3s 995 socks 1080 proofd 1093 rmiregistry 1099 openvpn 1194 ' +
  'lotusnote 1352 ms-sql-s 1433 ms-sql-m 1434 ingreslock 1524 datametrics 1645 sa-msg-port 1646 kermit 1649 groupwise 1677 ' +
  'l2f 1701 l2tp 1701 pptp 1723 radius 1812 radius-acct 1813 mqtt 1883 ssdp 1900 cisco-sccp 2000 nfs 2049 gnunet 2086 rtcm-sc104 2101 ' +
  'zephyr-srv 2102 gsigatekeeper 2119 mysql-proxy 6446 gris 2135 cvspserver 2401 venus 2430 iprop 2121 mon 2583 dict 2628 ' +
  'f5-globalsite 2792 gsiftp 2811 gpsd 2947 gds-db 3050 icpv2 3130 squid 3128 isns 3205 iscsi-target 3260 mysql 3306 ' +
  'ms-wbt-server 3389 nut 3493 distcc 3632 daap 3689 svn 3690 suucp 4031 sysrqd 4094 sieve 4190 epmd 4369 f5-iquery 4353 ' +
  'remctl 4373 ntske 4460 ipsec-nat-t 4500 fax 4557 hylafax 4559 iax 4569 mtn 4691 radmin-port 4899 rfe 5002 sip 5060 sip-tls 5061 ' +
  'xmpp-client 5222 xmpp-server 5269 cfengine 5308 mdns 5353 postgresql 5432 freeciv 5556 amqps 5671 amqp 5672 ' +
  'x11 6000 x11-1 6001 x11-2 6002 redis 6379 sge-qmaster 6444 sane-port 6566 ircd 6667 babel 6696 bbs 7000 ' +
  'afs3-fileserver 7000 afs3-callback 7001 font-service 7100 http-alt 8080 webcache 8080 tproxy 8081 puppet 8140 omniorb 8088 ' +
  'mqtts 8883 secure-mqtt 8883 xmlrpc-beep 602 clc-build-daemon 8990 git 9418 bacula-dir 9101 bacula-fd 9102 bacula-sd 9103 ' +
  'xmms2 9667 zabbix-agent 10050 zabbix-trapper 10051 amanda 10080 nbd 10809 dicom 11112 hkp 11371 ' +
  'https-alt 8443 pcsync-https 8443 cslistener 9000 pichat 9009 db-lsp 17500 commplex-main 5000 commplex-link 5001 ' +
  'rfb 5900 elasticsearch 9200 wap-wsp 9200 memcache 11211 mongodb 27017 vnc-server 5900 ddi-tcp-1 8888 irdmi 8000'

const PORTS: ReadonlyMap<string, number> = new Map(pairs())

/** Port of a service name, -1 for a name that is not in the table. */
export function servicePort(name: string): number {
  return PORTS.get(name) ?? -1
}

function* pairs(): Generator<[string, number]> {
  const words = TABLE.split(' ')
  for (let i = 0; i + 1 < words.length; i += 2) yield [words[i], Number(words[i + 1])]
}
