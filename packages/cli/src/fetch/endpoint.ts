/** One end of a TCP connection. */
export interface Endpoint {
  readonly address: string
  readonly port: number
}

/** `192.0.2.1:80`, `[2001:db8::1]:80` */
export function formatEndpoint({ address, port }: Endpoint): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}
