/** The commands that every agent of AI-SNS has. */

import type { BusinessCard } from '../../protocol/dialects/ai-sns.ts';
import type { Conversation } from '../chat/conversation.ts';
import { tasksCommand } from './a2a-tasks.ts';
import { businessCardCommand } from './business-card.ts';
import type { Command } from './step.ts';

export function a2aCommands(conversation: Conversation, card: BusinessCard): Command[] {
  return [tasksCommand(conversation), businessCardCommand(card)];
}
