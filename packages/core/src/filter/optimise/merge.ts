import { type Block, orderBlocks } from '../block.ts'

/** Makes one of blocks that do the same and go on to the same. */
export function mergeBlocks(root: Block): Block {
  const same = new Map<string, Block>()
  const replacement = new Map<Block, Block>()
  const resolve = (block: Block | null): Block | null => (block === null ? null : (replacement.get(block) ?? block))
  // From the end: what a block goes on to has been merged before it.
  for (const block of orderBlocks(root).reverse()) {
    block.yes = resolve(block.yes)
    block.no = resolve(block.no)
    let key = `${block.code},${block.k},${block.yes?.index},${block.no?.index}`
    for (const { code, k } of block.statements) key += `;${code},${k}`
    const twin = same.get(key)
    if (twin === undefined) same.set(key, block)
    else replacement.set(block, twin)
  }
  return resolve(root)!
}
