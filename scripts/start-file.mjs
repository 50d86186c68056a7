/** The file that starts the command, dist/wiretale.cjs. In plain old JavaScript: it also has to run on a Node that is
 *  too old for everything else, to say so.
 *
 *  It keeps V8's compiled form of the bundle (vm.Script cachedData) in dist/cache, one for each kind of command: it holds
 *  what the first such command ran, and all of it is read at each start. The name carries the bundle's hash, because V8
 *  itself compares only the length of the source, and Node's own options, with which V8 compiles otherwise. The cache
 *  lies beside the code, never in a folder that somebody else may write: it holds what will be executed. Where it cannot
 *  be written, the start is slower, no more.
 *
 *  CommonJS because loading an ES module costs 12 to 25 ms of start-up on Node 20. */
export function startFile(name) {
  return `#!/usr/bin/env node
'use strict'
var version = process.versions.node.split('.')
if (version[0] < 20 || (version[0] == 20 && version[1] < 19)) {
  process.stderr.write('wiretale: needs Node 20.19 or newer; this is ' + process.versions.node + ' (' + process.execPath + '). Install a newer Node, or set WIRETALE_NODE to one.\\n')
  process.exit(1)
}
var fs = require('node:fs')
var path = require('node:path')
var vm = require('node:vm')
var word = process.argv[2] || ''
var kind = 'print'
if (word == 'explain' && process.argv.indexOf('summary') > 0) kind = 'summary'
else if (/^(explain|fetch|help|top|doctor)$/.test(word)) kind = word
else if (word.charAt(0) === '@') kind = 'helper'
else if (/^(--help|--version|-h)$/.test(word)) kind = 'help'
else if (process.argv.indexOf('--count') > 0) kind = 'count'
else if (process.argv.indexOf('-w') > 0) kind = 'write'
var main = path.join(__dirname, '${name}.cjs')
var folder = path.join(__dirname, 'cache')
var cache = path.join(folder, ['${name}', kind, process.versions.v8, process.arch].concat(process.execArgv).join('-').replace(/[^\\w.-]/g, '_').slice(0, 200))
var cachedData
try { cachedData = fs.readFileSync(cache) } catch (e) {}
var script = new vm.Script('(function(exports,require,module,__filename,__dirname){' + fs.readFileSync(main, 'latin1') + '\\n})', { filename: main, cachedData: cachedData })
if (!cachedData || script.cachedDataRejected) {
  process.on('exit', function () {
    try {
      fs.mkdirSync(folder, { recursive: true })
      fs.writeFileSync(cache + '.' + process.pid, script.createCachedData())
      fs.renameSync(cache + '.' + process.pid, cache)
    } catch (e) {}
  })
}
script.runInThisContext().call(exports, exports, require, module, main, __dirname)
`
}
