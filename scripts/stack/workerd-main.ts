import { createHash } from 'node:crypto';
import { Miniflare } from 'miniflare';
import { bundle } from './bundle.ts';
import { readyLine, type WorkerdSettings } from './workerd.ts';

const settings = JSON.parse(process.env.GUILDHALL_WORKERD ?? '{}') as WorkerdSettings;

const script = await bundled();
const { readsPerMinute } = settings;
/** The same counting as on the platform, within this process. */
const reads =
  readsPerMinute === 0
    ? null
    : { READS: { namespace_id: '1', simple: { limit: readsPerMinute, period: 60 as const } } };

const miniflare = new Miniflare({
  modules: [{ type: 'ESModule', path: 'functions.mjs', contents: script }],
  modulesRoot: '/',
  compatibilityDate: '2026-07-30',
  compatibilityFlags: ['nodejs_compat'],
  bindings: {
    ...settings.bindings,
    ...(reads && { READS_PER_MINUTE: String(readsPerMinute) }),
    CF_VERSION_METADATA: { id: createHash('sha256').update(script).digest('hex') },
  },
  ...(reads && { ratelimits: reads }),
  cf: false,
  host: settings.host,
  port: settings.port,
});
const stop = () => {
  miniflare.dispose().finally(() => process.exit(0));
};
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
await miniflare.ready;
console.log(readyLine);

async function bundled(): Promise<string> {
  try {
    return await bundle(settings.entry);
  } catch (error) {
    console.error((error as Error).message);
    process.exit(1);
  }
}
