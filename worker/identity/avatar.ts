/** The directory's picture. */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { AvatarInfo } from '../../protocol/avatar.ts';

export type Picture = { info: AvatarInfo; base64: string };

/** Width and height stand at these places of a PNG (its first chunk is IHDR). */
const [widthAt, heightAt] = [16, 20];

/** @throws where the file cannot be read */
export function readPicture(): Picture {
  const bytes = readFileSync(new URL('./avatar.png', import.meta.url));
  return {
    base64: bytes.toString('base64'),
    info: {
      id: createHash('sha1').update(bytes).digest('hex'),
      bytes: bytes.length,
      type: 'image/png',
      widthPixels: bytes.readUInt32BE(widthAt),
      heightPixels: bytes.readUInt32BE(heightAt),
      url: null,
    },
  };
}
