/** A file of a thread with all that it imports, as the text of one script: scripts/thread-source.mjs makes it. */
declare module '*?source' {
  const source: string
  export default source
}
