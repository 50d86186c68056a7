import { createRequire } from 'node:module'

/** What llhttp, Node's parser, says of one message. */
export interface OracleMessage {
  method: string | null
  target: string | null
  status: number | null
  reason: string | null
  minor: number
  headers: [string, string][]
  trailers: [string, string][]
  bodyBytes: number
  keepAlive: boolean
  complete: boolean
}

interface Exports {
  memory: WebAssembly.Memory
  _initialize(): void
  llhttp_alloc(type: number): number
  llhttp_free(parser: number): void
  malloc(bytes: number): number
  free(at: number): void
  llhttp_execute(parser: number, at: number, bytes: number): number
  llhttp_finish(parser: number): number
  llhttp_should_keep_alive(parser: number): number
  llhttp_get_http_minor(parser: number): number
  llhttp_get_method(parser: number): number
  llhttp_method_name(method: number): number
  llhttp_get_error_reason(parser: number): number
}

const wasm: Uint8Array = createRequire(import.meta.url)('undici/lib/llhttp/llhttp-wasm.js')
const compiled = new WebAssembly.Module(wasm as BufferSource)

/** Runs llhttp (as undici bundles it) over one direction of a connection. `noBody(k)`: the k-th final response answers HEAD.
 *  Throws with llhttp's reason when it rejects the bytes. */
export function runLlhttp(
  kind: 'request' | 'response',
  stream: Uint8Array,
  noBody: (k: number) => boolean = () => false,
): OracleMessage[] {
  const messages: OracleMessage[] = []
  let now: OracleMessage
  let inTrailer = false
  let finals = 0
  const latin1 = (at: number, bytes: number) =>
    Buffer.from(memory())
      .subarray(at, at + bytes)
      .toString('latin1')
  const on = {
    wasm_on_message_begin() {
      now = {
        method: null,
        target: null,
        status: null,
        reason: '',
        minor: 0,
        headers: [],
        trailers: [],
        bodyBytes: 0,
        keepAlive: false,
        complete: false,
      }
      inTrailer = false
      messages.push(now)
      return 0
    },
    wasm_on_url(_p: number, at: number, bytes: number) {
      now.target = (now.target ?? '') + latin1(at, bytes)
      return 0
    },
    wasm_on_status(_p: number, at: number, bytes: number) {
      now.reason += latin1(at, bytes)
      return 0
    },
    wasm_on_header_field(_p: number, at: number, bytes: number) {
      ;(inTrailer ? now.trailers : now.headers).push([latin1(at, bytes), ''])
      return 0
    },
    wasm_on_header_value(_p: number, at: number, bytes: number) {
      const list = inTrailer ? now.trailers : now.headers
      list[list.length - 1][1] += latin1(at, bytes)
      return 0
    },
    wasm_on_headers_complete(p: number, status: number) {
      now.minor = x.llhttp_get_http_minor(p)
      inTrailer = true
      if (kind === 'request') {
        const name = x.llhttp_method_name(x.llhttp_get_method(p))
        now.method = latin1(name, 20).split('\0')[0]
        return 0
      }
      now.status = status
      return status >= 200 && noBody(finals++) ? 1 : 0
    },
    wasm_on_body(_p: number, _at: number, bytes: number) {
      now.bodyBytes += bytes
      return 0
    },
    wasm_on_message_complete(p: number) {
      now.complete = true
      now.keepAlive = x.llhttp_should_keep_alive(p) === 1
      return 0
    },
  }
  const x = new WebAssembly.Instance(compiled, { env: on }).exports as unknown as Exports
  const memory = () => x.memory.buffer
  x._initialize()
  const parser = x.llhttp_alloc(kind === 'request' ? 1 : 2)
  const at = x.malloc(stream.length + 1)
  new Uint8Array(memory()).set(stream, at)
  const error = x.llhttp_execute(parser, at, stream.length)
  if (error !== 0) throw new Error(`llhttp: ${error} ${latin1(x.llhttp_get_error_reason(parser), 60).split('\0')[0]}`)
  x.llhttp_finish(parser)
  return messages
}
