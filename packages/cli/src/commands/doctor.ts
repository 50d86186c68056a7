import { paintNothing } from '@wiretale/core'
import { checks } from '../doctor/checks.ts'
import { Machine } from '../doctor/machine.ts'
import { type Lang, renderFact, renderFactLine } from '../doctor/report.ts'
import { UsageError } from '../flags/flag.ts'
import type { Arguments } from '../flags/parse.ts'
import { paintAnsi, wantsColor } from '../terminal/color.ts'
import { messageLanguage } from '../terminal/locale.ts'
import { lineWidth } from '../terminal/look.ts'
import { Output } from '../terminal/output.ts'

/** `wiretale doctor [-i IF]`. Exit code 0 if a capture would work, else 1. */
export async function runDoctor(given: Arguments): Promise<number> {
  const [word] = given.operands
  if (word !== undefined) throw new UsageError(`doctor takes no '${word.slice(0, 40)}'`, 'name an interface with -i')
  const asked = given.text('interface')
  if (asked === '') throw new UsageError('-i needs the name of an interface', 'wiretale -D lists them')
  const lang = (given.choice('lang') ?? messageLanguage()) as Lang
  const look = {
    lang,
    width: given.number('width') ?? lineWidth(),
    paint: wantsColor(given.choice('color') ?? 'auto') ? paintAnsi : paintNothing,
  }
  const isJson = given.switch('json') === true
  const output = new Output()
  const machine = await Machine.look(asked)
  let wouldWork = false
  for (const check of checks) {
    for (const fact of await check(machine)) {
      if (fact.check === 'capture') wouldWork = fact.status === 'ok'
      output.write(isJson ? renderFactLine(fact, lang) : renderFact(fact, look))
    }
    output.flush()
  }
  return wouldWork ? 0 : 1
}
