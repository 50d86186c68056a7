/** The part of WebAssembly that tests use: the ES library does not name it, and the DOM library names too much. */
declare namespace WebAssembly {
  class Memory {
    constructor(pages: { initial: number })
    readonly buffer: ArrayBuffer
  }
  class Module {
    constructor(bytes: Uint8Array)
  }
  class Instance {
    constructor(module: Module, imports?: Record<string, Record<string, unknown>>)
    readonly exports: Record<string, unknown>
  }
}
declare type BufferSource = Uint8Array
