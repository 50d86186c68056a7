/** Set by the build from package.json. */
declare const __VERSION__: string | undefined

/** The package's version: `0.1.0`. */
export function versionText(): string {
  return typeof __VERSION__ === 'string' ? __VERSION__ : 'unbuilt'
}
