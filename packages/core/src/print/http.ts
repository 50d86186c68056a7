/** HTTP/1, RFC 9112, and what is built as it is: RTSP (RFC 7826), SIP (RFC 3261); FTP, SMTP, WHOIS. */
import { textPrinter } from './text-protocol.ts'

export const printHttp = textPrinter(
  'http',
  ': ',
  'GET PUT COPY HEAD LOCK MOVE POLL POST BCOPY BMOVE MKCOL TRACE LABEL MERGE DELETE SEARCH UNLOCK REPORT UPDATE NOTIFY BDELETE CONNECT OPTIONS CHECKIN PROPFIND CHECKOUT CCM_POST SUBSCRIBE PROPPATCH BPROPFIND BPROPPATCH UNCHECKOUT MKACTIVITY MKWORKSPACE UNSUBSCRIBE RPC_CONNECT VERSION-CONTROL BASELINE-CONTROL',
  true,
)

export const printRtsp = textPrinter(
  'rtsp',
  ': ',
  'OPTIONS DESCRIBE ANNOUNCE SETUP PLAY PAUSE TEARDOWN GET_PARAMETER SET_PARAMETER REDIRECT RECORD',
  true,
)

export const printSip = textPrinter(
  'sip',
  '',
  'ACK BYE CANCEL DO INFO INVITE MESSAGE NOTIFY OPTIONS PRACK QAUTH REFER REGISTER SPRACK SUBSCRIBE UPDATE PUBLISH',
  true,
)

export const printFtp = textPrinter('ftp', ': ', null)
export const printSmtp = textPrinter('smtp', ': ', null)
export const printWhois = textPrinter('whois', ': ', null)
