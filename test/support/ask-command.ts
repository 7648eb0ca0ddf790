import { type CommandResponse, readCommandResponse } from '../../protocol/commands.ts';
import { form, writeForm } from '../../protocol/data-form.ts';
import { NS_COMMANDS } from '../../protocol/namespaces.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import type { TestAgent } from './agent.ts';
import { fieldsOf, type Values } from './fields.ts';

/** A stage of a command: with values, the form that is submitted. */
export type AskedCommand = { sid?: string | null; action?: string; values?: Values };

/** Executes a stage of a command of the directory's (XEP-0050). */
export async function askCommand(
  agent: TestAgent,
  address: string,
  node: string,
  { sid = null, action, values }: AskedCommand,
): Promise<CommandResponse> {
  const submitted = values && writeForm(form('submit', fieldsOf(values)));
  const asked = xml('command', { xmlns: NS_COMMANDS, node, sessionid: sid, action }, submitted);
  const reply = await agent.ask('set', asked, address);
  return readCommandResponse(reply.getChild('command', NS_COMMANDS) as Element);
}
