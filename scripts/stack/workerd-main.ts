import { Miniflare } from 'miniflare';
import { bundle } from './bundle.ts';
import { readyLine, type WorkerdSettings } from './workerd.ts';

const settings = JSON.parse(process.env.GUILDHALL_WORKERD ?? '{}') as WorkerdSettings;

const script = await bundled();

const miniflare = new Miniflare({
  modules: [{ type: 'ESModule', path: 'functions.mjs', contents: script }],
  modulesRoot: '/',
  compatibilityDate: '2026-07-30',
  compatibilityFlags: ['nodejs_compat'],
  bindings: settings.bindings,
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
