import { connect, createServer, type Socket } from 'node:net';
import { Transform } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { afterwards } from './afterwards.ts';

export type Proxy = {
  /** What a client connects to. */
  service: string;
  /** Lets nothing through any more on the connections there are; new ones pass. */
  freeze(): void;
  /** Ends the frozen connections: with a reset, or as if the peer had closed. */
  end(how: 'reset' | 'close'): void;
};

/** A way to the server that can be cut as networks cut: silently first, the end of it known only later. */
export async function startProxy(
  service: string,
  /** How long what the server sends first, second and so on is held up on its way. */
  heldUpMs: number[] = [],
): Promise<Proxy> {
  const { hostname, port } = new URL(service);
  const pairs = new Set<{ client: Socket; server: Socket }>();
  const frozen: { client: Socket; server: Socket }[] = [];
  const listener = createServer((client) => {
    const pair = { client, server: connect(Number(port), hostname) };
    pairs.add(pair);
    for (const socket of [pair.client, pair.server]) socket.on('error', () => undefined);
    pair.client.pipe(pair.server);
    (heldUpMs.length > 0 ? pair.server.pipe(holdingUp(heldUpMs)) : pair.server).pipe(pair.client);
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  afterwards(() => listener.close());
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return {
    service: `xmpp://127.0.0.1:${address.port}`,
    freeze() {
      for (const pair of pairs) {
        pair.client.unpipe();
        pair.server.unpipe();
        pair.server.pause();
        frozen.push(pair);
      }
      pairs.clear();
    },
    end(how) {
      for (const { client, server } of frozen.splice(0)) {
        if (how === 'reset') client.resetAndDestroy();
        else client.destroy();
        server.destroy();
      }
    },
  };
}

function holdingUp(heldUpMs: number[]): Transform {
  const waits = heldUpMs.values();
  return new Transform({
    transform(chunk, _encoding, done) {
      void wait(waits.next().value ?? 0).then(() => done(null, chunk));
    },
  });
}
