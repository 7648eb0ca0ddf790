/** The commands for the parties of contracts, and of calls for proposals. */

import type { Deps } from '../../operations/deps.ts';
import { contractCommand } from './contract.ts';
import { contractsCommand } from './contracts.ts';
import { offerCommand } from './offer.ts';
import { proposeCommand } from './propose.ts';
import { rateCommand, replyCommand } from './rate.ts';
import { requestCommand } from './request.ts';
import { requestsCommand } from './requests.ts';
import type { Command } from './step.ts';
import { witnessCommand } from './witness.ts';

export function tradeCommands(deps: Deps): Command[] {
  return [
    ...[contractsCommand(deps), contractCommand(deps), offerCommand(deps), witnessCommand(deps)],
    ...[rateCommand(deps), replyCommand(deps)],
    ...[requestsCommand(deps), requestCommand(deps), proposeCommand(deps)],
  ];
}
