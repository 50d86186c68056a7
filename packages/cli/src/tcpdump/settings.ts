/** What the command line asks for. Options write here one by one, in the order in which they are given. */
export interface Settings {
  // What is read
  /** -r: a file; `-` is standard input. */
  readFile: string | null
  /** -V: a file with names of files. */
  listFile: string | null
  /** -F: a file with the filter. */
  filterFile: string | null
  /** -c: packets to read of each input; 0: all. */
  count: number
  /** --count */
  countOnly: boolean
  /** -s; 0: not given. */
  snaplen: number
  /** -i */
  device: string | null
  /** -y: number of the link type (LINKTYPE_), or null. */
  link: number | null
  linkName: string
  /** Questions that only a live capture can answer, as they were given: `-D`, `-J` … */
  liveOnly: string[]
  /** -B in bytes, -j, -Q, -I, -p, --immediate-mode: for a live capture. */
  bufferBytes: number
  timeStampType: string | null
  direction: 'in' | 'out' | 'inout' | null
  monitorMode: boolean
  promiscuous: boolean
  immediate: boolean

  // The filter
  /** Times -d was given: 0 to capture, 1 text, 2 C, 3 decimal numbers. */
  dumpCode: number
  /** Not -O. */
  optimize: boolean

  // What is written
  /** -w: `-` is standard output. */
  writeFile: string | null
  pcapng: boolean
  /** -U */
  packetBuffered: boolean
  /** -l */
  lineBuffered: boolean
  /** --print */
  printToo: boolean
  /** -C in bytes, -G in seconds; 0: not given. */
  rotateBytes: number
  rotateSeconds: number | null
  /** Unix time when -G was read: the first file's. */
  rotationStart: number
  /** -W; 0: not given. */
  fileCount: number
  /** -z */
  afterRotation: string | null
  /** -Z */
  user: string | null

  // What is printed
  /** --nano and its like. */
  nano: boolean
  /** Times -t was given: 0 time of day, 1 none, 2 Unix time, 3 delta, 4 date and time, 5 since the first. */
  timeForm: number
  packetNumber: boolean
  verbose: number
  quiet: number
  /** -e */
  linkHeader: boolean
  /** Times -n was given. */
  numeric: number
  /** -N */
  unqualified: boolean
  /** -f */
  foreignNumeric: boolean
  /** -S */
  absoluteSequence: boolean
  /** -K */
  unverified: boolean
  /** Times -x, -X and -A were given. */
  hex: number
  hexAscii: number
  ascii: number
  asdot: boolean
  grepable: boolean
  mesh: boolean
  undecodedHandles: boolean
  /** -T */
  packetType: string | null
  /** -M */
  md5Secret: string | null

  // Our own
  /** What each TCP packet means, under it. */
  annotate: boolean
  /** What happened on the connections, at the end. */
  summary: boolean
  /** The programs of this machine that hold the connections' ends. */
  process: boolean
  format: 'modern' | 'classic' | 'json'
  lang: 'en' | 'zh' | 'both' | null
  color: 'auto' | 'always' | 'never'
  asciiOnly: boolean | null
  width: number | null
}

export function defaultSettings(): Settings {
  return {
    readFile: null,
    listFile: null,
    filterFile: null,
    count: 0,
    countOnly: false,
    snaplen: 0,
    device: null,
    link: null,
    linkName: '',
    liveOnly: [],
    bufferBytes: 0,
    timeStampType: null,
    direction: null,
    monitorMode: false,
    promiscuous: true,
    immediate: false,
    dumpCode: 0,
    optimize: true,
    writeFile: null,
    pcapng: false,
    packetBuffered: false,
    lineBuffered: false,
    printToo: false,
    rotateBytes: 0,
    rotateSeconds: null,
    rotationStart: 0,
    fileCount: 0,
    afterRotation: null,
    user: null,
    nano: false,
    timeForm: 0,
    packetNumber: false,
    verbose: 0,
    quiet: 0,
    linkHeader: false,
    numeric: 0,
    unqualified: false,
    foreignNumeric: false,
    absoluteSequence: false,
    unverified: false,
    hex: 0,
    hexAscii: 0,
    ascii: 0,
    asdot: false,
    grepable: false,
    mesh: false,
    undecodedHandles: false,
    packetType: null,
    md5Secret: null,
    annotate: false,
    summary: false,
    process: false,
    format: 'modern',
    lang: null,
    color: 'auto',
    asciiOnly: null,
    width: null,
  }
}
