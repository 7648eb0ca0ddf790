/** Starts every sample specialist against a running stack: `--stack .guildhall/dev.json`. */
import { fstatSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import tls from 'node:tls';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { startSpecialist } from './agent.ts';
import { domainOf, onlineLine, specialists } from './catalogue.ts';
import { startGateway } from './gateway/gateway.ts';
import { startOldtimer } from './oldtimer.ts';

const stopTimeoutMs = 5_000;

const stackSchema = z.object({
  directory: z.string(),
  xmpp: z
    .array(
      z.object({
        domain: z.string(),
        service: z.string(),
        /** A PEM file, or the certificate itself. */
        ca: z.string().optional(),
        registration: z.unknown(),
      }),
    )
    .min(1),
  /** The external components that may connect. */
  components: z
    .array(z.object({ name: z.string(), domain: z.string(), service: z.string(), secret: z.string() }))
    .default([]),
});

type Stack = z.infer<typeof stackSchema>;

type Running = { stop(): Promise<void> };

function readStack(path: string): Stack {
  const stack = stackSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  return {
    ...stack,
    xmpp: stack.xmpp.map((server) => ({ ...server, ca: server.ca && certificate(server.ca, dirname(path)) })),
  };
}

function certificate(ca: string, folder: string): string {
  return ca.includes('-----BEGIN') ? ca : readFileSync(resolve(folder, ca), 'utf8');
}

function trust(stack: Stack): void {
  const own = stack.xmpp.flatMap((server) => server.ca ?? []);
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), ...new Set(own)]);
}

async function startAgents(stack: Stack, running: Set<Running>): Promise<void> {
  const domains = stack.xmpp.map((server) => server.domain);
  await Promise.all(
    specialists.map(async (specialist) => {
      const domain = domainOf(specialist, domains);
      const server = stack.xmpp.find((candidate) => candidate.domain === domain);
      if (!server) throw new Error(`No server for ${domain}`);
      running.add(
        await startSpecialist(specialist, {
          service: server.service,
          domain,
          directory: stack.directory,
          register: server.registration !== false,
          log: (text) => console.log(`${text} (${specialist.skill.name}, ${specialist.dialect})`),
        }),
      );
    }),
  );
}

/** The components that the stack has a place for. */
async function startComponents({ components, directory }: Stack, running: Set<Running>): Promise<void> {
  for (const component of components) {
    const start = { gateway: startGateway, oldtimer: startOldtimer }[component.name];
    if (start) running.add(await start({ ...component, directory, log: console.log }));
  }
}

/** Settles when somebody wants this process to end: a signal, the parent's pipe closed, or its channel gone. */
function asked(): Promise<void> {
  return new Promise((done) => {
    const end = () => done();
    process.once('SIGTERM', end);
    process.once('SIGINT', end);
    process.once('disconnect', end);
    // A terminal or /dev/null as standard input says nothing about a parent; a pipe does.
    const input = fstatSync(0);
    if (input.isFIFO() || input.isSocket()) process.stdin.once('end', end).once('close', end).resume();
  });
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { stack: { type: 'string', default: '.guildhall/dev.json' } } });
  const stack = readStack(values.stack);
  trust(stack);
  const running = new Set<Running>();
  const ending = asked();
  const started = Promise.all([startAgents(stack, running), startComponents(stack, running)]).then(() => {
    console.log(onlineLine);
    return ending;
  });
  await Promise.race([ending, started]);
  setTimeout(() => process.exit(0), stopTimeoutMs).unref();
  await Promise.all([...running].map((one) => one.stop()));
  process.exit(0);
}

main().catch((error: Error) => {
  console.error(`The sample specialists cannot run: ${error.message}`);
  process.exit(1);
});
