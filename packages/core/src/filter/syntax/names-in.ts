import { parseFilter } from './parser.ts'
import type { FilterNode } from './tree.ts'

/** Names of hosts in an expression, each once, in the text's order: those whose addresses compileFilter() will ask
 *  FilterNames for. A command looks them up before it compiles. Of a text that is no expression, those before the mistake. */
export function namesIn(expression: string): string[] {
  const { root, completed } = parseFilter(expression)
  const names = new Set<string>()
  const open: FilterNode[] = []
  const collect = (): void => {
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (node.kind === 'not') open.push(node.node)
      else if (node.kind === 'chain') {
        for (let i = node.rest.length - 1; i >= 0; i--) open.push(node.rest[i].node)
        open.push(node.first)
      } else if (node.kind === 'id' && node.id.kind === 'name' && isHostName(node)) names.add(node.id.text)
    }
  }
  if (root !== null) open.push(root)
  collect()
  for (const node of completed) {
    if (node.kind !== 'id') continue
    open.push(node)
    collect()
  }
  return [...names]
}

function isHostName({ qualifiers }: FilterNode & { kind: 'id' }): boolean {
  if (qualifiers === null) return false
  const { type, protocol } = qualifiers
  if (type === 'gateway') return true
  return (type === null || type === 'host') && protocol !== 'link' && protocol !== 'decnet'
}
