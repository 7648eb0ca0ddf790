import { build } from 'esbuild';

/**
 * One module that workerd runs, made of that entry and all it imports.
 * @throws when something cannot be bundled; the message says what
 */
export async function bundle(entry: string, options: { minify?: boolean } = {}): Promise<string> {
  const { minify = false } = options;
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2024',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['workerd', 'worker', 'browser', 'import'],
    // Node's modules come from workerd itself; "cloudflare:" ones too.
    external: ['node:*', 'cloudflare:*'],
    minify,
    ...(minify ? {} : { sourcemap: 'inline' as const }),
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}
