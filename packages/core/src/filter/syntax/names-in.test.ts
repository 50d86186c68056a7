import { expect, it } from 'vitest'
import { namesIn } from './names-in.ts'

it('lists the names of hosts, and no others', () => {
  expect(namesIn('host b.example and (src a.example or not dst host b.example) or port http')).toEqual([
    'b.example',
    'a.example',
  ])
  expect(namesIn('host (x or y) and gateway z')).toEqual(['x', 'y', 'z'])
  expect(namesIn('ether host e or decnet host d or net n or proto \\tcp or host 1.2.3.4 or tcp')).toEqual([])
  expect(namesIn('tcp or lonely')).toEqual([])
})

it('gives those before a mistake, since libpcap complains of the first unknown one', () => {
  expect(namesIn('host a and host b b host c')).toEqual(['a', 'b'])
  expect(namesIn('')).toEqual([])
})
