/** What the sample gateway hosts. */
import { numbers } from './numbers.ts';
import { phrases } from './phrases.ts';
import type { Endpoint } from './tool.ts';

export const sampleEndpoints: readonly Endpoint[] = [numbers, phrases];
