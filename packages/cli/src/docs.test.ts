import { execFileSync } from 'node:child_process'
import { textWidth } from '@wiretale/core'
import { describe, expect, it } from 'vitest'
import { commands, findCommand } from './commands/commands.ts'
import { generated } from './docs.ts'
import { flagsOf } from './flags/flags.ts'
import { renderHelp } from './flags/help.ts'

const files = generated()
const flags = [...new Set(commands.flatMap(({ name }) => flagsOf(name)))]

describe('one list of options', () => {
  it.each(flags.map(({ name }) => name))(
    '--%s is in the help, the man page, the reference and the completions',
    (name) => {
      const command = flags.find((flag) => flag.name === name)!.commands?.[0] ?? 'explain'
      for (const language of ['en', 'zh'] as const)
        expect(renderHelp(findCommand(command)!, language, 80)).toContain(`--${name}`)
      expect(files['docs/wiretale.1']).toContain(`\\-\\-${name.replaceAll('-', '\\-')}`)
      expect(files['docs/flags.md']).toContain(`--${name}`)
      expect(files['completions/wiretale.bash']).toContain(`--${name}`)
      expect(files['completions/wiretale.zsh']).toContain(`--${name}`)
      expect(files['completions/wiretale.fish']).toContain(`-l ${name} `)
    },
  )

  it('gives no short letter twice and every valued option a placeholder', () => {
    for (const { name } of commands) {
      const letters = flagsOf(name).flatMap(({ short }) => short ?? [])
      expect(new Set(letters).size).toBe(letters.length)
    }
    for (const flag of flags) expect(flag.value === undefined).toBe(flag.kind === 'switch')
  })

  it.each([60, 80, 100])('keeps the help within %i cells', (width) => {
    for (const command of [null, ...commands]) {
      for (const language of ['en', 'zh'] as const) {
        const examples = command?.examples.map(({ line }) => `  ${line}`) ?? []
        for (const line of renderHelp(command, language, width).split('\n')) {
          if (!examples.includes(line)) expect(textWidth(line)).toBeLessThanOrEqual(width)
        }
      }
    }
  })

  it('writes completions that bash can read, and they complete', () => {
    const complete = (...words: string[]): string[] => {
      const script = `${files['completions/wiretale.bash']}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=$((\${#COMP_WORDS[@]}-1)); _wiretale; printf '%s\\n' "\${COMPREPLY[@]}"`
      return execFileSync('bash', ['--norc', '-c', script], { encoding: 'utf8' })
        .split('\n')
        .filter((word) => word !== '')
    }
    expect(complete('wiretale', 'exp')).toEqual(['explain'])
    expect(complete('wiretale', 'explain', '--on')).toEqual(['--only'])
    expect(complete('wiretale', 'explain', '--only', 'n')).toEqual(['notes'])
    expect(complete('wiretale', 'explain', '--lang', '')).toEqual(['en', 'zh', 'both'])
  })
})
