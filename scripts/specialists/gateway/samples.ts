/** What the sample gateway hosts. */
import { kitchen } from './kitchen.ts';
import { numbers } from './numbers.ts';
import { phrases } from './phrases.ts';
import type { Endpoint } from './tool.ts';

export const sampleEndpoints: readonly Endpoint[] = [numbers, phrases, kitchen];
