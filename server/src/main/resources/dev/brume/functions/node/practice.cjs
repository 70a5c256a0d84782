'use strict';
// The end of a practice: what V8 has compiled of a function's modules while it was initialised goes into one file, which
// Brume takes and shows to later starts of the same code as Node's compile cache.
// https://nodejs.org/api/module.html#module-compile-cache
//
// Node itself keeps what V8 knows of a module before it has run, which is little more than the names of its functions. So
// the cache is turned on only now, and each module compiled once more, without being run: V8 finds it in its memory then,
// with all functions that have been called. That needs an inside of Node's (the practice alone is started with
// `--expose-internals`); where it has changed there is no cache.
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');

const OURS = /^\/(var\/task|opt)\//;

function compileCommonJs() {
  const { compileFunctionForCJSLoader } = require('internal/test/binding').internalBinding('contextify');
  for (const file of Object.keys(require.cache)) {
    if (!OURS.test(file) || /\.(json|node|mjs|wasm)$/.test(file)) continue;
    try {
      compileFunctionForCJSLoader(fs.readFileSync(file, 'utf8'), file, false, false);
    } catch {
      // An ES module that was required, or no JavaScript.
    }
  }
}

// A module that cannot be linked is not run, but everything that it imports has been compiled by then.
async function compileModules() {
  const { loadCache } = require('internal/modules/esm/loader').getOrInitializeCascadedLoader();
  const urls = [...loadCache.keys()].filter((url) => url.startsWith('file:') && OURS.test(new URL(url).pathname));
  for (const url of urls) loadCache.delete(url);
  for (const url of urls.filter((one) => !/\.(json|node|wasm)$/.test(one))) {
    const source = `import ${JSON.stringify(url)}; import { none } from 'node:fs';`;
    await import(`data:text/javascript,${encodeURIComponent(source)}`).catch(() => {});
  }
}

function pack(folder, out) {
  const files = fs.readdirSync(folder).map((name) => [name, fs.readFileSync(path.join(folder, name))]);
  const name = path.basename(folder).replace(/[0-9]*$/, '');
  const head = files.map(([file, bytes]) => `${file} ${bytes.length}\n`).join('');
  for (const bytes of [Buffer.from(`${name}\n${head}\n`), ...files.map((file) => file[1])]) {
    for (let at = 0; at < bytes.length; ) at += fs.writeSync(out, bytes, at);
  }
}

module.exports = async function practice(exit) {
  try {
    const out = fs.openSync('/tmp/brume-compiled', 'wx', 0o600);
    const folder = fs.mkdtempSync('/tmp/brume-');
    const { status } = Module.enableCompileCache(folder);
    if (status !== Module.constants.compileCacheStatus.ENABLED) exit(1);
    compileCommonJs();
    await compileModules();
    Module.flushCompileCache();
    pack(path.join(folder, fs.readdirSync(folder)[0]), out);
  } catch {
    exit(1);
  }
  // Brume opens the file meanwhile: it is gone with us.
  setTimeout(() => exit(0), 1000);
};
