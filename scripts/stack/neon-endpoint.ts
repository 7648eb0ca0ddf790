import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import pg from 'pg';
import { requireFreePort } from './ports.ts';

const requestBytesMax = 16 * 1024 * 1024;
const poolsMax = 64;
const connectionsPerPoolMax = 10;
const idleTimeoutMs = 10_000;
const connectTimeoutMs = 10_000;

const isolationLevels: Record<string, string> = {
  ReadUncommitted: 'READ UNCOMMITTED',
  ReadCommitted: 'READ COMMITTED',
  RepeatableRead: 'REPEATABLE READ',
  Serializable: 'SERIALIZABLE',
};

/** The parts of a PostgreSQL error that Neon's driver takes over. */
const errorFields = [
  'severity',
  'code',
  'detail',
  'hint',
  'position',
  'internalPosition',
  'internalQuery',
  'where',
  'schema',
  'table',
  'column',
  'dataType',
  'constraint',
  'file',
  'line',
  'routine',
] as const;

export interface NeonEndpointOptions {
  /** A loopback address: whoever reaches the endpoint can send any SQL that its connection string allows. */
  host?: string;
  port: number;
  /** When given, only these connection strings are served. */
  allow?: string[];
}

export interface NeonEndpoint {
  /** What the driver's `fetchEndpoint` is set to. */
  url: string;
  stop(): Promise<void>;
}

interface Statement {
  query: string;
  params?: unknown[];
}

/**
 * Serves Neon's SQL over HTTP (`POST /sql`) in front of any PostgreSQL, so that the edge's code path is the
 * same here as in production.
 *
 * @throws StackError when the port is in use.
 */
export async function startNeonEndpoint(options: NeonEndpointOptions): Promise<NeonEndpoint> {
  const { host = '127.0.0.1', port, allow } = options;
  await requireFreePort(
    'the local Neon endpoint',
    host,
    port,
    'end the program that uses it, then start again',
  );
  const pools = new Pools();
  const server = createServer(async (request, response) => {
    const outcome = await answer(request, pools, allow).catch((error: unknown) => asFailure(error));
    send(response, outcome);
  });
  // Workers keep connections open between requests, longer than Node's default of five seconds.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    url: `http://${host}:${port}/sql`,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await pools.end();
    },
  };
}

interface Outcome {
  status: number;
  body: unknown;
}

/** A request that the endpoint itself refuses, before PostgreSQL sees it. */
class Refusal extends Error {
  override name = 'Refusal';
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

async function answer(request: IncomingMessage, pools: Pools, allow: string[] | undefined): Promise<Outcome> {
  if (request.url?.split('?')[0] !== '/sql') throw new Refusal(404, 'the endpoint is /sql');
  if (request.method !== 'POST') throw new Refusal(405, 'send a POST');
  const connectionString = request.headers['neon-connection-string'];
  if (typeof connectionString !== 'string')
    throw new Refusal(400, 'the header Neon-Connection-String is missing');
  if (allow && !allow.includes(connectionString))
    throw new Refusal(400, 'this connection string is not served here');

  const body = parseBody(await readBody(request));
  const asArrays = request.headers['neon-array-mode'] === 'true';
  const client = await pools.get(connectionString).connect();
  let broken = false;
  try {
    if (!('queries' in body)) return { status: 200, body: await run(client, body, asArrays) };
    return {
      status: 200,
      body: { results: await runBatch(client, body.queries, request.headers, asArrays) },
    };
  } catch (error) {
    broken = !(error instanceof pg.DatabaseError) || error.severity === 'FATAL';
    throw error;
  } finally {
    client.release(broken);
  }
}

async function run(client: pg.PoolClient, { query, params = [] }: Statement, asArrays: boolean) {
  const result = await client.query({
    text: query,
    values: params,
    rowMode: 'array',
    // Every value stays as PostgreSQL wrote it; the driver at the other end parses by the type's number.
    types: { getTypeParser: () => (text: string) => text },
  });
  // Several statements in one text have several results; Neon answers with the last.
  const last = Array.isArray(result) ? (result.at(-1) as typeof result) : result;
  const names = last.fields.map((field) => field.name);
  const rows: unknown[][] = last.rows;
  return {
    command: last.command,
    rowCount: last.rowCount,
    rowAsArray: asArrays,
    fields: last.fields,
    rows: asArrays
      ? rows
      : rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index]]))),
  };
}

async function runBatch(
  client: pg.PoolClient,
  queries: Statement[],
  headers: IncomingHttpHeaders,
  asArrays: boolean,
) {
  await client.query(beginStatement(headers));
  try {
    const results = [];
    for (const statement of queries) results.push(await run(client, statement, asArrays));
    await client.query('COMMIT');
    return results;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  }
}

function beginStatement(headers: IncomingHttpHeaders): string {
  const parts = ['BEGIN'];
  const isolation = headers['neon-batch-isolation-level'];
  if (typeof isolation === 'string') {
    const level = isolationLevels[isolation];
    if (level === undefined) throw new Refusal(400, `unknown isolation level ${isolation}`);
    parts.push(`ISOLATION LEVEL ${level}`);
  }
  if (headers['neon-batch-read-only'] === 'true') parts.push('READ ONLY');
  if (headers['neon-batch-deferrable'] === 'true') parts.push('DEFERRABLE');
  return parts.join(' ');
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > requestBytesMax)
      throw new Refusal(413, `a request may have at most ${requestBytesMax} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseBody(text: string): Statement | { queries: Statement[] } {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new Refusal(400, 'the body is not JSON');
  }
  if (isStatement(body)) return body;
  const queries = typeof body === 'object' && body !== null && 'queries' in body ? body.queries : undefined;
  if (Array.isArray(queries) && queries.every(isStatement)) return { queries };
  throw new Refusal(400, 'the body is neither {query, params} nor {queries: [{query, params}]}');
}

function isStatement(value: unknown): value is Statement {
  if (typeof value !== 'object' || value === null || !('query' in value)) return false;
  return typeof value.query === 'string' && (!('params' in value) || Array.isArray(value.params));
}

function asFailure(error: unknown): Outcome {
  if (error instanceof Refusal) return { status: error.status, body: { message: error.message } };
  const { message } = error as Error;
  if (!(error instanceof pg.DatabaseError)) return { status: 500, body: { message } };
  return {
    status: 400,
    body: { message, ...Object.fromEntries(errorFields.map((name) => [name, error[name]])) },
  };
}

function send(response: ServerResponse, { status, body }: Outcome): void {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  // What remains of a body that is too long is not worth reading.
  if (status === 413) headers.connection = 'close';
  response.writeHead(status, headers).end(JSON.stringify(body));
}

/** One pool for each connection string; the one that was used longest ago makes room for a new one. */
class Pools {
  readonly #pools = new Map<string, pg.Pool>();

  get(connectionString: string): pg.Pool {
    const known = this.#pools.get(connectionString);
    this.#pools.delete(connectionString);
    const pool = known ?? this.#open(connectionString);
    this.#pools.set(connectionString, pool);
    return pool;
  }

  async end(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.end()));
  }

  #open(connectionString: string): pg.Pool {
    const [oldest] = this.#pools;
    if (oldest && this.#pools.size >= poolsMax) {
      this.#pools.delete(oldest[0]);
      oldest[1].end().catch(() => {});
    }
    const pool = new pg.Pool({
      connectionString,
      max: connectionsPerPoolMax,
      idleTimeoutMillis: idleTimeoutMs,
      connectionTimeoutMillis: connectTimeoutMs,
    });
    // An idle connection that the server ends (a dropped database) is no concern of ours.
    pool.on('error', () => {});
    return pool;
  }
}
