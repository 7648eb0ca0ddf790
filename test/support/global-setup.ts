import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { migrate } from '../../scripts/migrate.ts';
import { sampleComponents } from '../../scripts/specialists/catalogue.ts';
import { startNeonEndpoint } from '../../scripts/stack/neon-endpoint.ts';
import { type NetworkComponent, startNetwork } from '../../scripts/stack/network.ts';
import { ensurePackages } from '../../scripts/stack/packages.ts';
import { freePort } from '../../scripts/stack/ports.ts';
import { startPostgres } from '../../scripts/stack/postgres.ts';
import { freeAddresses } from './addresses.ts';
import { templateDatabase } from './template.ts';

/** What the tests of the project "stack" share; `inject('stack')` gives it to them. */
export interface SharedStack {
  postgres: {
    port: number;
    /** The connection string of the server's own database; a test's is made by `freshDatabase`. */
    url: string;
    /** The role under which the functions connect. */
    edge: { user: string; password: string };
  };
  /** What the Neon driver's `fetchEndpoint` is set to. */
  neonEndpoint: string;
  /** False where loopback has a single address: there is then only agents.test. */
  federated: boolean;
  xmpp: SharedServer[];
  /** External components for tests to connect as; only one file may be each. */
  components: { gateway: NetworkComponent; kitchen: NetworkComponent };
}

export interface SharedServer {
  domain: string;
  /** The address for clients. */
  service: string;
  /** The development CA's certificate file. */
  ca: string;
  /** The address for external components. */
  componentService: string;
  component: string;
  componentSecret: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    stack: SharedStack;
    /** The development CA's certificate, which the tests' processes trust. */
    authority: string;
  }
}

const componentSecret = 'a secret of the tests';

/** Of a component only one connection at a time is: the files that are a gateway each have one of their own. */
const components = [...sampleComponents, { name: 'kitchen', domainIndex: 1 }] as const;

/** Starts one Postgres, the two XMPP servers and the Neon endpoint for all files of a run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const log = (line: string) => console.log(line);
  const addresses = await freeAddresses();
  await ensurePackages(['prosody', ...(addresses ? ['lua-unbound' as const] : []), 'python3-slixmpp'], {
    log,
  });

  const dir = mkdtempSync(join(tmpdir(), 'guildhall-test-'));
  // Postgres runs as another user when the tests run as root.
  chmodSync(dir, 0o755);
  // The processes that the tests start, some of them by the hundred, share what Node makes of the sources.
  process.env.NODE_COMPILE_CACHE = join(dir, 'compile-cache');
  const closing: (() => unknown)[] = [() => rmSync(dir, { recursive: true, force: true })];
  const close = async () => {
    for (const step of closing.reverse()) await step();
  };
  try {
    const logDir = join(dir, 'log');
    const postgres = await startPostgres({
      dir: join(dir, 'postgres'),
      port: await freePort(),
      logFile: join(logDir, 'postgres.log'),
      durable: false,
    });
    closing.push(postgres.stop);
    await postgres.createDatabase(templateDatabase);
    const edge = { user: 'edge_of_tests', password: 'a password of the tests' };
    await migrate(postgres.url(templateDatabase), postgres.url(templateDatabase, edge));

    const neon = await startNeonEndpoint({ port: await freePort() });
    closing.push(neon.stop);

    const network = await startNetwork({
      dir: join(dir, 'xmpp'),
      logDir,
      addresses: addresses ?? ['127.0.0.2', '127.0.0.3'],
      c2sPort: await freePort(),
      componentPort: await freePort(),
      componentSecret,
      components: components.map((component) => ({
        ...component,
        secret: `${componentSecret} for ${component.name}`,
      })),
      log,
    });
    const componentNamed = (name: string) => {
      const component = network.components.find((one) => one.name === name);
      if (!component) throw new Error(`no component ${name}`);
      return component;
    };
    closing.push(network.stop);

    project.provide('authority', readFileSync(network.authority, 'utf8'));
    project.provide('stack', {
      postgres: {
        port: Number(new URL(postgres.url('postgres')).port),
        url: postgres.url('postgres'),
        edge,
      },
      neonEndpoint: neon.url,
      federated: network.federated,
      xmpp: network.servers.map(({ domain, service, componentService }) => ({
        domain,
        service,
        ca: network.authority,
        componentService,
        component: `guildhall.${domain}`,
        componentSecret,
      })),
      components: { gateway: componentNamed('gateway'), kitchen: componentNamed('kitchen') },
    });
  } catch (error) {
    await close();
    throw error;
  }
  return close;
}
