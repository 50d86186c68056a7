/** UDP as tcpdump 3.9.8 prints it. It differs where the checksum is wrong: 3.9.8 tells how far off the sum is, as a
 *  little-endian machine holds it in memory, not what it should be. */
import { udpPrinter } from '../udp.ts'

export const printClassicUdp = udpPrinter((out, _found, sum) => {
  out.text('[bad udp cksum ')
  out.hex(((sum & 0xff) << 8) | (sum >> 8))
  out.text('!] ')
})
