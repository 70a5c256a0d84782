// Dumps the schemas of the installed npm clients `@aws-sdk/client-*` as JSON, one file per client.
// usage: node dump.cjs NODE_MODULES OUT_DIR client [client ...]
'use strict';
const fs = require('fs');
const path = require('path');
const [modules, outDir, ...clients] = process.argv.slice(2);

const CODES = { 0: 'string', 1: 'numeric', 2: 'boolean', 4: 'timestamp', 5: 'timestamp/date-time', 6: 'timestamp/http-date',
  7: 'timestamp/epoch-seconds', 15: 'document', 17: 'bigInteger', 19: 'bigDecimal', 21: 'blob', 42: 'blob/streaming' };
const BITS = ['httpLabel', 'idempotent', 'idempotencyToken', 'sensitive', 'httpPayload', 'httpResponseCode', 'httpQueryParams'];

function traits(value) {
  if (typeof value === 'number') {
    const set = {};
    BITS.forEach((name, bit) => { if (value >> bit & 1) set[name] = 1; });
    return set;
  }
  return value || {};
}

function dump(client) {
  const exports = require(path.join(path.resolve(modules), '@aws-sdk', 'client-' + client));
  const shapes = {};
  const operations = {};

  function simple(code) {
    if (code >= 128) return { map: [{ target: 'string' }, { target: simple(code - 128).target }] };
    if (code >= 64) return { list: { target: simple(code - 64).target } };
    return { target: CODES[code] };
  }

  function reference(ref) {
    let own = {};
    if (typeof ref === 'function') ref = ref();
    if (Array.isArray(ref) && typeof ref[0] !== 'number') {
      own = traits(ref[1]);
      ref = ref[0];
      if (typeof ref === 'function') ref = ref();
    }
    if (Array.isArray(ref) && ref.length && typeof ref[0] === 'number' && typeof ref[1] !== 'string') {
      own = traits(ref[1]);
      ref = ref[0];
    }
    const member = typeof ref === 'number' ? simple(ref) : { target: shape(ref) };
    if (Object.keys(own).length) member.traits = own;
    return member;
  }

  function shape(schema) {
    const [kind, , name, rawTraits] = schema;
    if (shapes[name]) return name;
    const out = (shapes[name] = {});
    const own = traits(rawTraits);
    if (Object.keys(own).length) out.traits = own;
    if (kind === 0) { out.kind = 'simple'; out.target = typeof schema[4] === 'number' ? simple(schema[4]).target : 'string'; }
    else if (kind === 1) { out.kind = 'list'; out.member = reference(schema[4]); }
    else if (kind === 2) { out.kind = 'map'; out.key = reference(schema[4]); out.value = reference(schema[5]); }
    else if (kind === 3 || kind === 4 || kind === -3) {
      out.kind = kind === 3 ? 'structure' : kind === 4 ? 'union' : 'error';
      out.members = {};
      (schema[4] || []).forEach((member, i) => { out.members[member] = reference(schema[5][i]); });
      out.required = (schema[4] || []).slice(0, schema[6] || 0);
    } else throw new Error('unknown kind ' + kind + ' of ' + name);
    return name;
  }

  for (const [key, value] of Object.entries(exports)) {
    if (!key.endsWith('$') || !Array.isArray(value)) continue;
    if (value[0] === 9) {
      const input = typeof value[4] === 'function' ? value[4]() : value[4];
      const output = typeof value[5] === 'function' ? value[5]() : value[5];
      const ref = (s) => (Array.isArray(s) && typeof s[0] === 'number' ? shape(s) : null);
      operations[value[2]] = { traits: traits(value[3]), input: ref(input), output: ref(output) };
    } else if (typeof value[0] === 'number') shape(value);
  }
  const name = Object.keys(exports).find((key) => /Client$/.test(key) && !key.startsWith('_'));
  const config = new exports[name]({ region: 'us-east-1' }).config;
  const { xmlNamespace, awsQueryCompatible } = config.protocolSettings || {};
  const settings = { xmlNamespace, awsQueryCompatible };
  const protocol = config.protocol.name || config.protocol.constructor.name;
  const version = JSON.parse(fs.readFileSync(path.join(modules, '@aws-sdk', 'client-' + client, 'package.json'))).version;
  return { client, version, serviceId: config.serviceId, protocol, settings, operations, shapes };
}

fs.mkdirSync(outDir, { recursive: true });
for (const client of clients) {
  const out = dump(client);
  fs.writeFileSync(path.join(outDir, client + '.json'), JSON.stringify(out, null, 1));
  console.log(client, out.version, out.protocol, Object.keys(out.operations).length, 'operations', Object.keys(out.shapes).length, 'shapes');
}
