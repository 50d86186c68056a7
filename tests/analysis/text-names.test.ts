import { expect, test } from 'vitest'
import { analyseText } from '../support/analyse-text.ts'
import { linesOf } from '../support/analysis.ts'

const HANDSHAKE = `10:13:01.617505 IP here.example.58384 > www.example.com.http: Flags [S], seq 3718379515, win 65535, length 0
10:13:01.617631 IP www.example.com.http > here.example.58384: Flags [S.], seq 261066897, ack 3718379516, win 5840, length 0
10:13:01.617766 IP here.example.58384 > www.example.com.http: Flags [.], ack 1, win 65535, length 0
`

test('a text that prints names is reported by them: nobody knows the addresses', () => {
  const [conversation] = linesOf(analyseText(HANDSHAKE), 'conversation')
  expect(conversation.client).toEqual({ address: 'here.example', port: 58384 })
  expect(conversation.server).toEqual({ address: 'www.example.com', port: 80 })
})

test('lines of a packet that cannot be read are counted in the summary', () => {
  const [summary] = linesOf(
    analyseText(`${HANDSHAKE}10:13:01.7 IP here.example.58384 > www.exa: Flags [.\n`),
    'summary',
  )
  expect(summary.notes.map(({ id, params }) => [id, params.text])).toContainEqual([
    'capture.comment',
    'text: 1 line looked like packets but could not be read',
  ])
})
