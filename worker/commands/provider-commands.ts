/** The commands for those who are listed, or want to be. */

import type { Deps } from '../../operations/deps.ts';
import { type DeregisterHooks, deregisterCommand } from './deregister.ts';
import { mineCommand } from './mine.ts';
import { registerCommand } from './register.ts';
import type { Command } from './step.ts';
import { tokenCommand } from './token.ts';

export type ProviderHooks = DeregisterHooks & {
  /** Tells the crawler that something is due. */
  wake: () => void;
};

export function providerCommands(deps: Deps, hooks: ProviderHooks): Command[] {
  return [
    registerCommand(deps, hooks.wake),
    mineCommand(deps, hooks.wake),
    deregisterCommand(deps, hooks),
    tokenCommand(deps),
  ];
}
