import { expect, it } from 'vitest'
import { findFilterNames } from './filter-names.ts'

it('resolves hosts by the system, and leaves unknown ones empty', async () => {
  const names = await findFilterNames('host localhost or host no-such-host.invalid')
  const addresses = names.hostAddresses('localhost').map((address) => [...address].join('.'))
  expect(addresses).toContain('127.0.0.1')
  expect(names.hostAddresses('no-such-host.invalid')).toEqual([])
  expect(names.hostAddresses('not-asked-for.example')).toEqual([])
})

it('knows services, with or without /etc/services', async () => {
  const names = await findFilterNames('')
  expect(names.servicePorts('http')?.tcp).toBe(80)
  expect(names.servicePorts('domain')).toEqual({ tcp: 53, udp: 53 })
  expect(names.servicePorts('no-such-service')).toBeNull()
  expect(names.etherHost('no-such-station')).toBeNull()
})
