/** Set by the build from package.json. */
declare const __VERSION__: string | undefined

/** The version alone: `0.1.0`. */
export function versionNumber(): string {
  return typeof __VERSION__ === 'string' ? __VERSION__ : 'unbuilt'
}

/** As --version prints it. */
export function versionText(): string {
  return `wiretale ${versionNumber()}`
}
