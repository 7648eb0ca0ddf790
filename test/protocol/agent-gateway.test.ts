import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../protocol/canonical-json.ts';
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
  readCancelAccepted,
  readInputAccepted,
  readTaskState,
  taskStateRequest,
  writeCancel,
  writeProvideInput,
} from '../../protocol/dialects/agent-gateway/task-control.ts';
import { taskPayload } from '../../protocol/dialects/agent-gateway/task-payload.ts';
import { isHashOf, isSameHash, readHash, writeHash } from '../../protocol/hashes.ts';
import type { Json, JsonObject } from '../../protocol/json.ts';
import { ParseError } from '../../protocol/parse-error.ts';
import type { Element } from '../../protocol/xml.ts';
import { canonicalXml, fixture, parseXml } from '../support/xml.ts';

const read = (name: string) => fixture(`agent-gateway/${name}.xml`);

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

describe('a task of an Agent Gateway', () => {
  const taskId = 'task-0a4c8e6d2b9f4713a5c1';

  test('is found as it stands, with what it asks for', () => {
    expect(readTaskState(read('task-state'))).toMatchObject({
      taskId,
      endpoint: 'tides@gate.test',
      state: 'input_required',
      revision: 2,
      deadline: new Date('2026-11-02T09:15:00.5Z'),
      resultAvailable: false,
      pending: {
        requestId: 'ask-2f0b6c1de94a4b7f8a33',
        question: 'Which harbour?',
        schema: { type: 'object', required: ['harbour'] },
        expires: new Date('2026-11-02T09:30:00Z'),
      },
    });
    expect(readInputAccepted(read('input-accepted'))).toEqual({ taskId, revision: 3 });
    expect(readCancelAccepted(read('cancel-accepted'))).toEqual({ taskId, revision: 4 });
  });

  const asked = {
    requestId: 'ask-2f0b6c1de94a4b7f8a33',
    question: 'Which?',
    inputSchema: {},
    createdAt: '2026-11-02T09:15:03Z',
  };
  const error = { code: 'deadline-expired', message: 'Too late.', retryable: false };
  test.each<[Parameters<typeof taskPayload>[0], JsonObject, object]>([
    ['status', { state: 'running', updatedAt: '2026-11-02T09:15:03Z' }, { state: 'running' }],
    ['progress', { percent: 40, stage: 'reading' }, { percent: 40, stage: 'reading', message: null }],
    ['progress', { percent: 400, message: 'a\u202eb' }, { percent: null, message: 'ab' }],
    ['input_required', asked, { request: { question: 'Which?', expires: null } }],
    [
      'completed',
      { result: { content: [], isError: true }, summary: 'Done.' },
      { isError: true, summary: 'Done.' },
    ],
    ['failed', { error }, error],
    ['cancelled', {}, { reason: null }],
  ])('says by an event of type %s what %j means', (type, payload, value) => {
    expect(taskPayload(type, payload)).toMatchObject({ type, ...value });
  });

  test.each<[Parameters<typeof taskPayload>[0], JsonObject]>([
    ['status', { state: 'completed' }],
    ['input_required', { ...asked, requestId: 'short' }],
    ['input_required', { ...asked, inputSchema: true }],
    ['input_required', { ...asked, question: ' ' }],
    ['input_required', { ...asked, createdAt: 'yesterday' }],
    ['completed', { result: 'done' }],
    ['completed', { result: {} }],
    ['failed', { error: { ...error, retryable: 'no' } }],
    ['failed', { error: { ...error, code: 'a b' } }],
    ['failed', {}],
  ])('does not say by an event of type %s %j', (type, payload) => {
    expect(() => taskPayload(type, payload)).toThrow(ParseError);
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
    [
      'an invocation that must end in time',
      writeInvoke({
        requestId: 'request-5b1f0c6a9e8d47aab2c3',
        tool: 'tide.next',
        version: '2026.1',
        manifestHash,
        arguments: {},
        deadline: new Date('2026-11-02T10:15:00Z'),
      }),
      `<invoke xmlns='urn:xmpp:agent-task:0' api-version='2026.1' request-id='request-5b1f0c6a9e8d47aab2c3' tool='tide.next'><manifest-hash>${hash}</manifest-hash><arguments media-type='application/json'>{}</arguments><deadline>2026-11-02T10:15:00.000Z</deadline></invoke>`,
    ],
    [
      'how a task stands',
      taskStateRequest('task-0a4c8e6d2b9f4713a5c1'),
      "<task-state-request xmlns='urn:xmpp:agent-task:0' task-id='task-0a4c8e6d2b9f4713a5c1'/>",
    ],
    [
      'an input that it asked for',
      writeProvideInput({
        taskId: 'task-0a4c8e6d2b9f4713a5c1',
        requestId: 'ask-2f0b6c1de94a4b7f8a33',
        revision: 2,
        input: { harbour: 'north' },
      }),
      read('provide-input').toString(),
    ],
    [
      'a cancellation',
      writeCancel({ taskId: 'task-0a4c8e6d2b9f4713a5c1', revision: 3, reason: 'Not needed any more.' }),
      read('cancel').toString(),
    ],
    [
      'a cancellation without words',
      writeCancel({ taskId: 'task-0a4c8e6d2b9f4713a5c1', revision: 3, reason: null }),
      "<cancel xmlns='urn:xmpp:agent-task:0' expected-revision='3' task-id='task-0a4c8e6d2b9f4713a5c1'/>",
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
    ['a state of a full JID', 'task-state', 'tides@gate.test', 'tides@gate.test/r', readTaskState],
    ['a state that is none', 'task-state', 'input_required', 'sleeping', readTaskState],
    [
      'a state without its manifest',
      'task-state',
      '<manifest-hash>',
      "<manifest-hash xmlns='urn:x'>",
      readTaskState,
    ],
    ['a pending input that is no JSON', 'task-state', '{"requestId"', '{requestId', readTaskState],
    ['an acceptance of input without a revision', 'input-accepted', "'3'", "''", readInputAccepted],
    ['a cancellation of nothing', 'cancel-accepted', 'task-id', 'task', readCancelAccepted],
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
