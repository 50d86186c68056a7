import { describe, expect, it } from 'vitest'
import { parseOffloads } from './ethtool.ts'

describe('ethtool -k', () => {
  it('tells what is on', () => {
    const text = `Features for eth0:
rx-checksumming: on [fixed]
tx-checksumming: off
\ttx-checksum-ipv4: off [fixed]
tcp-segmentation-offload: on
\ttx-tcp-segmentation: off [requested on]
generic-segmentation-offload: on
generic-receive-offload: off [requested on]
large-receive-offload: off [fixed]
`
    expect(parseOffloads(text)).toEqual(['rx-checksum', 'tso', 'gso'])
  })

  it('does not take a feature for its part, nor a state for one that it does not know', () => {
    expect(parseOffloads('Features for x:\n\ttcp-segmentation-offload: on\n')).toBeNull()
    expect(parseOffloads('tcp-segmentation-offload: once\nconstructor: on\n')).toBeNull()
    expect(parseOffloads('tcp-segmentation-offload: off\n')).toEqual([])
  })

  it.each(['', '\n', 'netlink error: No such device\n', ': on', '\0'])('says nothing of %j', (text) => {
    expect(parseOffloads(text)).toBeNull()
  })
})
