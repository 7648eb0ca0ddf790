/** The commands for the parties of contracts. */

import type { Deps } from '../../operations/deps.ts';
import { contractCommand } from './contract.ts';
import { contractsCommand } from './contracts.ts';
import { offerCommand } from './offer.ts';
import { rateCommand, replyCommand } from './rate.ts';
import type { Command } from './step.ts';
import { witnessCommand } from './witness.ts';

export function tradeCommands(deps: Deps): Command[] {
  return [
    contractsCommand(deps),
    contractCommand(deps),
    offerCommand(deps),
    witnessCommand(deps),
    rateCommand(deps),
    replyCommand(deps),
  ];
}
