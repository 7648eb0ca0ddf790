/** The commands for those who look for somebody. */

import type { Deps } from '../../operations/deps.ts';
import { matchCommand } from './match.ts';
import { searchCommand } from './search.ts';
import { showCommand } from './show.ts';
import { statusCommand } from './status.ts';
import type { Command } from './step.ts';
import { subscribeCommand } from './subscribe.ts';
import { subscriptionsCommand } from './subscriptions.ts';

export function findingCommands(deps: Deps): Command[] {
  return [
    searchCommand(deps),
    showCommand(deps),
    matchCommand(deps),
    subscribeCommand(deps),
    subscriptionsCommand(deps),
    statusCommand(deps),
  ];
}
