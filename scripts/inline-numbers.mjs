/** Writes the values of named numbers where the names are used. The bundle sets its files up on first use, so to V8 their
 *  constants are variables, loaded, checked and converted each time: a sixth of the time of printing. esbuild replaces
 *  names that nothing declares (its `define`), and minds the scopes: the declarations and imports are taken away. */
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { transform } from 'esbuild'

const NUMBER = /^(export )?const ([A-Z][A-Z0-9_]*)(?:: \w+)? = ([^'"`{[\n]+)$/gm
const TABLE = /^(export )?const ([A-Z]\w*) = \{([^{}]*)\}(?: as const)?$/gm
const IMPORT = /^import \{([^}]*)\} from '([^']+)'$/gm

/** Value of an expression of numbers and known names, or null. */
function evaluate(expression, known) {
  const plain = expression.replace(/\b[A-Z][A-Z0-9_]*\b/g, (name) => known.get(name)?.[0][1] ?? name)
  // Nothing but numbers; big ones (1n) are of another kind.
  if (/[^-+*/()<>|&~ \w.]|\b[A-Za-z_]|\dn\b/.test(plain)) return null
  const value = Number(new Function(`return (${plain})`)())
  return Number.isFinite(value) ? String(value) : null
}

/** What a file declares: name → pairs of an expression (`NAME`, or each `Table.NAME`) and its value. */
function declared(source) {
  const found = new Map()
  const exported = new Set()
  for (const [, isExported, name, expression] of source.matchAll(NUMBER)) {
    const value = evaluate(expression.trim(), found)
    if (value === null) continue
    found.set(name, [['', value]])
    if (isExported) exported.add(name)
  }
  for (const [, isExported, table, body] of source.matchAll(TABLE)) {
    const rows = body
      .replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
      .split(',')
      .map((row) => row.trim().match(/^([A-Za-z_]\w*): (.+)$/) ?? row.trim())
      .filter((row) => row !== '')
    const values = rows.map((row) => (typeof row === 'string' ? null : evaluate(row[2], found)))
    if (values.includes(null)) continue
    found.set(
      table,
      rows.map((row, index) => [`.${row[1]}`, values[index]]),
    )
    if (isExported) exported.add(table)
  }
  return { found, exported }
}

/** The declaration that stands for `export const name`, behind all uses in its file. */
function exportOf(name, pairs) {
  const value = pairs[0][0] === '' ? pairs[0][1] : `{ ${pairs.map(([key, number]) => `${key.slice(1)}: ${number}`)} }`
  return `export const ${name} = ${value};\n`
}

/** A function that remembers what the files declare: for one build. */
export function inliner() {
  const declarations = new Map()
  const declaredIn = (path) => {
    if (!declarations.has(path)) declarations.set(path, declared(readFileSync(path, 'utf8')))
    return declarations.get(path)
  }

  /** The file as JavaScript. */
  return async function inline(path, source) {
    const own = declaredIn(path)
    const kept = new Set()
    for (;;) {
      const define = {}
      const names = new Set()
      const take = (name, pairs) => {
        names.add(name)
        for (const [key, value] of pairs) define[name + key] = value
      }
      let tail = ''
      const removeOwn = (line, isExported, name) => {
        const pairs = own.found.get(name)
        if (pairs === undefined || kept.has(name)) return line
        take(name, pairs)
        if (isExported) tail += exportOf(name, pairs)
        return ''
      }
      const text = source
        .replace(NUMBER, removeOwn)
        .replace(TABLE, removeOwn)
        .replace(IMPORT, (_, list, specifier) => {
          const left = list.split(',').filter((item) => {
            const [name, local = name] = item.trim().split(/\s+as\s+/)
            if (name === '' || name.startsWith('type ') || kept.has(local)) return true
            const home = /^[./]/.test(specifier) ? resolve(dirname(path), specifier) : null
            const pairs = home && declaredIn(home).exported.has(name) ? declaredIn(home).found.get(name) : undefined
            if (pairs !== undefined) take(local, pairs)
            return pairs === undefined
          })
          return left.join('').trim() === '' ? '' : `import {${left}} from '${specifier}'`
        })
      const { code } = await transform(text, {
        loader: 'ts',
        target: 'es2023',
        define,
        tsconfigRaw: { compilerOptions: { target: 'ES2023', verbatimModuleSyntax: true } },
      })
      // A name that is left stands for the whole table, or in a text.
      const left = [...names].filter((name) => new RegExp(`(?<![.\\w$])${name}(?![\\w$])`).test(code))
      if (left.length === 0) return code + tail
      for (const name of left) kept.add(name)
    }
  }
}
