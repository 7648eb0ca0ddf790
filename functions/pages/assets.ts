/** What pages load beside themselves. The address of a file names its content, so that it can be kept for ever. */

import { createHash } from 'node:crypto';
import { favicon } from './mark.ts';
import { script } from './script.ts';
import { style } from './style.ts';

export type Asset = { path: string; type: string; text: string };

function asset(name: string, ending: string, type: string, text: string): Asset {
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 12);
  return { path: `/static/${name}.${hash}.${ending}`, type, text };
}

export const styleAsset = asset('style', 'css', 'text/css; charset=utf-8', style);
export const scriptAsset = asset('app', 'js', 'text/javascript; charset=utf-8', script);
export const faviconAsset = asset('favicon', 'svg', 'image/svg+xml', favicon);

export const assets: Asset[] = [styleAsset, scriptAsset, faviconAsset];
