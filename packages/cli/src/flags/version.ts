/** Set by the build from package.json. */
declare const __VERSION__: string | undefined

/** As --version prints it: `wiretale 0.1.0`. */
export function versionText(): string {
  return `wiretale ${typeof __VERSION__ === 'string' ? __VERSION__ : 'unbuilt'}`
}
