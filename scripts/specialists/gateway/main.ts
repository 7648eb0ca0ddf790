/** Runs the sample Agent Gateway: `node scripts/specialists/gateway/main.ts xmpp://HOST:PORT DOMAIN`; the secret is in COMPONENT_SECRET. */

import { startGateway } from './gateway.ts';

async function main(): Promise<void> {
  const [service, domain] = process.argv.slice(2);
  const secret = process.env.COMPONENT_SECRET;
  if (!service || !domain || !secret) {
    throw new Error('it takes xmpp://HOST:PORT and DOMAIN, and the secret in COMPONENT_SECRET');
  }
  const gateway = await startGateway({ service, domain, secret, log: console.log });
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  process.once('SIGINT', () => resolve());
  process.once('SIGTERM', () => resolve());
  await ended;
  await gateway.stop();
}

main().catch((error: Error) => {
  console.error(`The sample gateway cannot run: ${error.message}`);
  process.exit(1);
});
