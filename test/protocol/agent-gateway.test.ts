import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson, parseCanonicalJson } from '../../protocol/canonical-json.ts';
import { readForm, writeForm } from '../../protocol/data-form.ts';
import {
  readEndpointInfo,
  readToolInfo,
  writeEndpointInfo,
  writeToolInfo,
} from '../../protocol/dialects/agent-gateway/infos.ts';
import {
  manifestRequest,
  readManifest,
  readManifestAnswer,
  writeManifestAnswer,
} from '../../protocol/dialects/agent-gateway/manifest.ts';
import { readToolNode, toolNode, toolsNode } from '../../protocol/dialects/agent-gateway/namespaces.ts';
import {
  readSchemaAnswer,
  schemaRequest,
  writeSchemaAnswer,
} from '../../protocol/dialects/agent-gateway/schema.ts';
import {
  readAccepted,
  readTaskEvent,
  readTaskResult,
  taskResultRequest,
  writeInvoke,
} from '../../protocol/dialects/agent-gateway/task.ts';
import {
  hashOf,
  hashText,
  isHashOf,
  isSameHash,
  readHash,
  readHashIn,
  writeHash,
} from '../../protocol/hashes.ts';
import type { Json } from '../../protocol/json.ts';
import { ParseError } from '../../protocol/parse-error.ts';
import type { Element } from '../../protocol/xml.ts';
import { canonical } from '../../scripts/specialists/gateway/manifest.ts';
import { canonicalXml, fixture, parseXml } from '../support/xml.ts';

const read = (name: string) => fixture(`agent-gateway/${name}.xml`);

describe('hashes (XEP-0300)', () => {
  const abc = { algo: 'sha-256', value: 'ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=' };

  test('are of the UTF-8 bytes of a text', () => {
    expect(hashText('sha-256', 'abc')).toEqual(abc);
    expect(isHashOf(abc, 'abc')).toBe(true);
    expect(isHashOf(abc, 'abd')).toBe(false);
    expect(isSameHash(abc, { ...abc, algo: 'sha3-256' })).toBe(false);
    for (const algo of ['sha-384', 'sha-512', 'sha3-256', 'sha3-512', 'blake2b-512'])
      expect(hashOf(algo, hashText(algo, 'abc')?.value).algo).toBe(algo);
  });

  test('of an algorithm that is broken or unknown verify nothing', () => {
    expect(hashText('sha-1', 'abc')).toBeNull();
    expect(isHashOf({ algo: 'md5', value: 'kAFQmDzST7DWlj99KOF/cg==' }, 'abc')).toBe(false);
  });

  test('are read and written', () => {
    const element = parseXml(`<hash xmlns='urn:xmpp:hashes:2' algo='sha-256'>${abc.value}</hash>`);
    expect(readHash(element)).toEqual(abc);
    expect(canonicalXml(writeHash(abc))).toBe(canonicalXml(element));
  });

  test.each([
    ["<hash xmlns='urn:xmpp:hashes:1' algo='sha-256'>ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=</hash>"],
    ["<hash xmlns='urn:xmpp:hashes:2'>ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=</hash>"],
    ["<hash xmlns='urn:xmpp:hashes:2' algo='sha-256'> ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=\n</hash>"],
    ["<hash xmlns='urn:xmpp:hashes:2' algo='sha-256'>not base64, at all!!</hash>"],
    ["<hash xmlns='urn:xmpp:hashes:2' algo='sha-256'/>"],
  ])('%s is refused', (text) => {
    expect(() => readHash(parseXml(text))).toThrow(ParseError);
  });

  test('more than one where one is meant are refused', () => {
    const hash = writeHash(abc).toString();
    expect(() => readHashIn(parseXml(`<a>${hash}${hash}</a>`))).toThrow(ParseError);
    expect(() => readHashIn(undefined)).toThrow(ParseError);
  });
});

describe('canonical JSON (RFC 8785)', () => {
  test('is as in the example of section 3.2', () => {
    const value = JSON.parse(
      '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],' +
        '"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}',
    ) as Json;
    expect(canonicalJson(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  test('sorts names by UTF-16 code units, which is not by code points', () => {
    const names = ['\u20ac', '\r', '\ufb33', '1', '\u{1f600}', '\u0080', '\u00f6'];
    const sorted = Object.keys(
      JSON.parse(canonicalJson(Object.fromEntries(names.map((name) => [name, 0])))) as object,
    );
    // JSON.parse moves the whole-number name to the front, where it is second in the text.
    expect(sorted).toEqual(['1', '\r', '\u0080', '\u00f6', '\u20ac', '\u{1f600}', '\ufb33']);
  });

  test.each([
    ['-0', '0'],
    ['1e21', '1e+21'],
    ['"\\u007f\\u2028"', '"\u007f\u2028"'],
    ['{"__proto__":1,"a":{}}', '{"__proto__":1,"a":{}}'],
  ])('writes %s as %s', (text, expected) => {
    expect(canonicalJson(JSON.parse(text) as Json)).toBe(expected);
  });

  test('of any value parses to that value and is its own canonical form', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const text = canonicalJson(value as Json);
        expect(canonicalJson(parseCanonicalJson(text))).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        // The sample specialist has one of its own.
        expect(canonical(value as Json)).toBe(text);
      }),
    );
  });

  test.each([
    ['white space', '{"a": 1}'],
    ['another order', '{"b":1,"a":1}'],
    ['a name twice', '{"a":1,"a":2}'],
    ['a name twice with the same value', '{"a":1,"a":1}'],
    ['another way to write a number', '[1.0]'],
    ['a needless escape', '["\\u0041"]'],
    ['a lone surrogate', '["\\ud800"]'],
    ['a number too large', '[1e999]'],
    ['no JSON', '{'],
  ])('is not a text with %s', (_what, text) => {
    expect(() => parseCanonicalJson(text)).toThrow(ParseError);
  });
});

describe('the nodes of an Agent Gateway', () => {
  test('name the version and the tool', () => {
    expect(toolsNode('2026.1')).toBe('urn:xmpp:agent-tools:0#2026.1');
    expect(toolNode('1.4.0', 'forecast.get')).toBe('urn:xmpp:agent-tool:0#1.4.0#Zm9yZWNhc3QuZ2V0');
    for (const tool of ['forecast.get', 'où', 'a#b', '天気'])
      expect(readToolNode(toolNode('1.4.0', tool))).toEqual({ version: '1.4.0', tool });
  });

  test.each([
    ['padded', 'urn:xmpp:agent-tool:0#1#YQ=='],
    ['of a nameless tool', 'urn:xmpp:agent-tool:0#1#'],
    ['in the other alphabet', 'urn:xmpp:agent-tool:0#1#8J+YgA'],
    ['with bits left over', 'urn:xmpp:agent-tool:0#1#YR'],
    ['not UTF-8', 'urn:xmpp:agent-tool:0#1#_w'],
    ['without a version', 'urn:xmpp:agent-tool:0##YQ'],
    ['with an impossible version', 'urn:xmpp:agent-tool:0#1 0#YQ'],
    ['with too many parts', 'urn:xmpp:agent-tool:0#1#YQ#YQ'],
    ['of something else', 'urn:xmpp:agent-tools:0#1#YQ'],
  ])('%s are refused', (_what, node) => {
    expect(() => readToolNode(node)).toThrow(ParseError);
  });
});

describe('an Agent Gateway stanza read and written again', () => {
  const pairs: [string, (element: Element) => Element][] = [
    ['endpoint-info', (element) => writeForm(writeEndpointInfo(readEndpointInfo(readForm(element))))],
    ['tool-info', (element) => writeForm(writeToolInfo(readToolInfo(readForm(element))))],
    ['manifest', (element) => writeManifestAnswer(readManifestAnswer(element))],
    ['schema', (element) => writeSchemaAnswer(readSchemaAnswer(element))],
  ];
  test.each(pairs)('%s is what it was', (name, roundTrip) => {
    expect(canonicalXml(roundTrip(read(name)))).toBe(canonicalXml(read(name)));
  });
});

describe('the values read from an Agent Gateway', () => {
  test('the endpoint and its manifest, whose hashes agree', () => {
    const endpoint = readEndpointInfo(readForm(read('endpoint-info')));
    const answer = readManifestAnswer(read('manifest'));
    expect(endpoint).toMatchObject({ version: '2026.1', coldStart: true, replaySeconds: 7200 });
    expect(isSameHash(endpoint.manifestHash, answer.hash)).toBe(true);
    expect(isHashOf(answer.hash, answer.json)).toBe(true);
    expect(readManifest(answer.json)).toMatchObject({
      jid: 'tides@gate.test',
      name: 'tides',
      description: 'High water < low water, & when.',
      homepage: 'https://tides.example/',
      avatar: 'https://tides.example/wave.png',
      tools: [
        { name: 'tide.next', title: 'Next tide – où ?', tags: ['Tides', 'harbour'] },
        {
          name: 'tide.warn',
          title: null,
          tags: [],
          inputSchema: '{"type":"object"}',
          outputSchema: null,
        },
      ],
    });
  });

  test('a tool and its schema, whose hashes agree with the manifest', () => {
    const tool = readToolInfo(readForm(read('tool-info')));
    const schema = readSchemaAnswer(read('schema'));
    const [ofManifest] = readManifest(readManifestAnswer(read('manifest')).json).tools;
    expect(tool.hints).toEqual({ readOnly: true, destructive: false, idempotent: null, openWorld: null });
    expect(isSameHash(tool.inputHash, schema.schemaHash)).toBe(true);
    expect(isHashOf(schema.schemaHash, schema.json)).toBe(true);
    expect(schema.json).toBe(ofManifest?.inputSchema);
    expect(isHashOf(tool.outputHash ?? tool.inputHash, ofManifest?.outputSchema ?? '')).toBe(true);
  });

  test('an acceptance, an event and a result', () => {
    const taskId = 'task-0a4c8e6d2b9f4713a5c1';
    const payload = { result: { content: [], structuredContent: { tide: 1.4 } } };
    expect(readAccepted(read('accepted'))).toEqual({
      requestId: 'request-5b1f0c6a9e8d47aab2c3',
      taskId,
      revision: 0,
      created: new Date('2026-11-02T09:15:00Z'),
      retainUntil: new Date('2026-11-02T11:15:00Z'),
    });
    const event = readTaskEvent(read('event'));
    expect(event).toMatchObject({ taskId, revision: 1, type: 'completed', payload });
    expect(readTaskEvent(parseXml('<message><body>hello</body></message>'))).toBeNull();
    expect(readTaskResult(read('result'))).toEqual({ taskId, revision: 1, state: 'completed', payload });
  });
});

describe('what is asked of an Agent Gateway', () => {
  const manifestHash = readManifestAnswer(read('manifest')).hash;
  const hash = writeHash(manifestHash).toString();
  test.each([
    ['the active manifest', manifestRequest(null), "<manifest-request xmlns='urn:xmpp:agent-api:0'/>"],
    [
      "a version's manifest",
      manifestRequest('2026.1'),
      "<manifest-request xmlns='urn:xmpp:agent-api:0' version='2026.1'/>",
    ],
    [
      'a schema',
      schemaRequest({ tool: 'tide.next', version: '2026.1', direction: 'input', manifestHash }),
      `<schema-request xmlns='urn:xmpp:agent-api:0' tool='tide.next' version='2026.1' direction='input'>${hash}</schema-request>`,
    ],
    [
      'a result',
      taskResultRequest('task-0a4c8e6d2b9f4713a5c1'),
      "<task-result-request xmlns='urn:xmpp:agent-task:0' task-id='task-0a4c8e6d2b9f4713a5c1'/>",
    ],
    [
      'an invocation',
      writeInvoke({
        requestId: 'request-5b1f0c6a9e8d47aab2c3',
        tool: 'tide.next',
        version: '2026.1',
        manifestHash,
        arguments: { place: 'Bergen', days: 2 },
      }),
      read('invoke').toString(),
    ],
  ])('%s', (_what, query, expected) => {
    expect(canonicalXml(query)).toBe(canonicalXml(parseXml(expected)));
  });
});

describe('a reader of the Agent Gateway refuses', () => {
  const broken: [string, string, string, string, (element: Element) => unknown][] = [
    ['an endpoint without a version', 'endpoint-info', '2026.1', '', (x) => readEndpointInfo(readForm(x))],
    [
      'an endpoint with half a hash',
      'endpoint-info',
      'manifest_hash_algo',
      'algo',
      (x) => readEndpointInfo(readForm(x)),
    ],
    ['an endless replay window', 'endpoint-info', '7200', '-1', (x) => readEndpointInfo(readForm(x))],
    [
      'a form of another type',
      'endpoint-info',
      'endpoint-info:0',
      'endpoint:0',
      (x) => readEndpointInfo(readForm(x)),
    ],
    [
      'a tool with half an output hash',
      'tool-info',
      'output_schema_hash_value',
      'value',
      (x) => readToolInfo(readForm(x)),
    ],
    ['a manifest of another media type', 'manifest', 'application/json', 'text/plain', readManifestAnswer],
    ['a manifest of an impossible version', 'manifest', "'2026.1'", "'20 26'", readManifestAnswer],
    ['a schema that goes neither way', 'schema', "'input'", "'sideways'", readSchemaAnswer],
    ['a short task id', 'accepted', 'task-0a4c8e6d2b9f4713a5c1', 'task-1', readAccepted],
    ['a revision below zero', 'accepted', "'0'", "'-1'", readAccepted],
    ['a date without a zone', 'accepted', '09:15:00Z', '09:15:00', readAccepted],
    ['an event in a chat', 'event', "'normal'", "'chat'", readTaskEvent],
    ['a result of a task that runs', 'result', 'completed', 'running', readTaskResult],
  ];
  test.each(broken)('%s', (_what, name, from, to, reader) => {
    const text = read(name).toString();
    // The serialiser writes double quotes.
    const broken = text.replace(from.replaceAll("'", '"'), to.replaceAll("'", '"'));
    expect(broken).not.toBe(text);
    expect(() => reader(parseXml(broken))).toThrow(ParseError);
  });

  const manifest = {
    manifestSpecVersion: '0',
    agent: { jid: 'a@b.test', name: 'a', version: '1' },
    tools: [],
  };
  const tool = { name: 't', inputSchema: {} };
  test.each<[string, Json]>([
    ['of another specification', { ...manifest, manifestSpecVersion: '1' }],
    ['without an agent', { ...manifest, agent: null }],
    ['without tools', { ...manifest, tools: {} }],
    ['with too many tools', { ...manifest, tools: Array.from({ length: 4097 }, () => tool) }],
    ['of a full JID', { ...manifest, agent: { ...manifest.agent, jid: 'a@b.test/r' } }],
    ['of no JID', { ...manifest, agent: { ...manifest.agent, jid: 'a@' } }],
    ['with one name twice', { ...manifest, tools: [tool, tool] }],
    ['with a tool without a schema', { ...manifest, tools: [{ name: 't' }] }],
    ['with a boolean for a schema', { ...manifest, tools: [{ name: 't', inputSchema: true }] }],
    ['with a name that hides its direction', { ...manifest, tools: [{ ...tool, name: 'a\u202eb' }] }],
    ['that is no object', [manifest]],
  ])('a manifest %s', (_what, value) => {
    expect(() => readManifest(canonicalJson(value))).toThrow(ParseError);
  });

  test('nothing in another way than by a ParseError, whatever the text', () => {
    const readers = [
      readManifestAnswer,
      readSchemaAnswer,
      readAccepted,
      readTaskEvent,
      readTaskResult,
      readHash,
    ];
    const names = ['manifest', 'schema', 'accepted', 'event', 'result', 'tool-info'];
    const texts = names.map((name) => read(name).toString());
    const mutation = fc.record({
      text: fc.constantFrom(...texts),
      at: fc.nat(2000),
      with: fc.oneof(
        fc.string({ maxLength: 5 }),
        fc.constantFrom("''", '{', '[[', '\u202e', '9'.repeat(400)),
      ),
    });
    fc.assert(
      fc.property(mutation, ({ text, at, with: insert }) => {
        const safe = insert.replaceAll(/[<>&'"]/g, '');
        const place = text.indexOf('>', at % text.length) + 1;
        let element: Element;
        try {
          element = parseXml(text.slice(0, place) + safe + text.slice(place));
        } catch {
          return;
        }
        for (const reader of readers) {
          try {
            const value = reader(element);
            if (value && typeof value === 'object' && 'json' in value) readManifest(value.json);
          } catch (error) {
            expect(error).toBeInstanceOf(ParseError);
          }
        }
      }),
      { numRuns: Number(process.env.FUZZ_RUNS ?? 500) },
    );
  });
});
