/** The floors of the house (docs/architecture: packages/core/src from the ground up) as rules.
 *  A room may import its own files and those of the rooms named here, and nothing else of the project.
 *  Type-only imports count. Tests may reach anywhere; cycles are forbidden to them too. */

const ground = ['units\\.ts$', 'bytes/']
// What is handed from floor to floor, as types: the JSON contract and the record that a reader fills.
const contracts = ['model/', 'file/record\\.ts$']
const packets = [...ground, ...contracts, 'wire/', 'packet/']
const conversations = [...packets, 'conversation/']
const exchanges = [...conversations, 'tls/', 'http/']
const sentences = [...exchanges, 'findings/', 'story/']

/** Room → what it may use. */
const floors = {
  'units\\.ts$': [],
  'bytes/': ground,
  'model/': ground,
  'file/record\\.ts$': ground,
  'file/': [...ground, ...contracts],
  'wire/': ground,
  'packet/': packets,
  // Messages name the link type.
  'filter/': [...ground, ...contracts, 'file/link-types\\.ts$', 'wire/'],
  'print/': packets,
  'conversation/': conversations,
  'tls/': conversations,
  'http/': [...conversations, 'tls/'],
  'findings/': exchanges,
  'story/': sentences,
  'report/': [...sentences, 'file/', 'filter/', 'print/'],
  'analyse\\.ts$': [...sentences, 'file/', 'filter/', 'print/', 'report/'],
  'index\\.ts$': ['.'],
}

const core = '^packages/core/src/'
const anyOf = (rooms) => `${core}(${rooms.join('|')})`
const test = '\\.test\\.ts$'

const floorRules = Object.entries(floors).map(([room, mayUse]) => ({
  name: `floor ${room.replace(/[\\$/]/g, '')}`,
  comment: `${room} may import: ${[room, ...mayUse].join(' ')}`,
  severity: 'error',
  from: {
    path: core + room,
    // file/record.ts is a stricter room within file/.
    pathNot: room === 'file/' ? [test, `${core}file/record\\.ts$`] : [test],
  },
  to: { path: '^packages/', pathNot: [anyOf([room, ...mayUse])] },
}))

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...floorRules,
    {
      name: 'every file has a floor',
      comment: 'A new folder in packages/core/src needs a line in the table above.',
      severity: 'error',
      from: { path: core, pathNot: [anyOf(Object.keys(floors)), test] },
      to: {},
    },
    {
      name: 'core is pure',
      comment: 'No Node, no package: the core runs in a page too. What it needs of either is handed in.',
      severity: 'error',
      from: { path: core, pathNot: [test] },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'the core has one door',
      comment: 'Other packages import @wiretale/core, never a file of it.',
      severity: 'error',
      from: { path: '^packages/(?!core/)', pathNot: [test] },
      to: { path: core, pathNot: [`${core}index\\.ts$`] },
    },
    {
      name: 'nothing but tests imports tests',
      severity: 'error',
      from: { path: '^packages/', pathNot: [test] },
      to: { path: [test, '^tests/', '^bench/'] },
    },
    {
      name: 'no cycle',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no missing file',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no barrel',
      comment: 'Inside a package the file itself is imported; only the core has a door, for others.',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^packages/[^/]+/src/.+/index\\.ts$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.mjs', '.js'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
}
