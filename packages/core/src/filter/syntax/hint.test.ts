import { expect, it } from 'vitest'
import { parseFilter } from './parser.ts'

it.each([
  ['ip prot 80', "did you mean 'proto'?"],
  ['hots 1.2.3.4', "did you mean 'host'?"],
  ['TCP', "did you mean 'tcp'?"],
  ['tcp adn udp', "did you mean 'and'?"],
  ['1.2.3.4', "did you mean 'host 1.2.3.4'?"],
  ['www.example.com', "did you mean 'host www.example.com'?"],
  ['02:00:00:00:00:01', "did you mean 'ether host 02:00:00:00:00:01'?"],
  ['80', "did you mean 'port 80'?"],
  ['tcp port 80 host 1.2.3.4', "'and' or 'or' is missing before 'host'"],
  ['ip proto tcp', "'tcp' is a word of the language; as a name, write '\\tcp'"],
  ['(tcp or udp', "a ')' is missing"],
  ['tcp)', "this ')' has no '('"],
  ['tcp and', 'the expression ends too early'],
  ['ip[0] and tcp', "a comparison is missing: '=', '!=', '<', …"],
  ['tcp port 80 @', null],
])('suggests what %s may have been meant to be', (text, hint) => {
  expect(parseFilter(text).error?.hint).toBe(hint)
})
