/** Asks the user, step by step, for a plugin breakpoint. */
import * as vscode from 'vscode';
import type { CallbackBreakpointSpec, ContributedKindInfo } from '../../adapter/protocol/custom';
import { contributedInfo, KINDS, kindInfo } from './model';

const HIT_CONDITION = /^\s*(>=?|<=?|==?|%)?\s*\d+\s*$/;

type Action = 'stop' | 'hits' | 'log';
const ACTIONS: readonly (vscode.QuickPickItem & { action: Action })[] = [
  { label: '$(debug-pause) Stop', description: 'each time', action: 'stop' },
  { label: '$(debug-step-over) Stop by hit count…', description: 'for instance 5, >= 5 or % 10', action: 'hits' },
  { label: '$(output) Log a message…', description: 'and go on', action: 'log' },
];

/**
 * Shows the questions, filled in from `old`.
 * @param contributed the kinds of the running sessions' plugins
 * @returns undefined when the user gives up
 */
export async function askForBreakpoint(
  contributed: readonly ContributedKindInfo[],
  old?: CallbackBreakpointSpec,
): Promise<CallbackBreakpointSpec | undefined> {
  const title = old ? 'Edit Plugin Breakpoint' : 'Add Plugin Breakpoint';
  const known = [...contributed.map(contributedInfo), ...KINDS];
  if (old && !known.some(({ kind }) => kind === old.kind)) known.unshift(kindInfo(old.kind));
  const kinds = known.map(({ label, detail, kind }) => ({ label, description: detail, callback: kind }));
  const ordered = [...kinds].sort((a, b) => Number(b.callback === old?.kind) - Number(a.callback === old?.kind));
  const picked = await vscode.window.showQuickPick(ordered, { title, placeHolder: 'At which callback?' });
  if (!picked) return undefined;

  let condition: string | undefined;
  const { address } = kindInfo(picked.callback, contributed);
  if (address) {
    condition = await vscode.window.showInputBox({
      title,
      value: old?.condition ?? '',
      prompt: `Where, by the address of ${address}; empty for everywhere. "&& expression" may follow.`,
      placeHolder: '0x100040   0x100000-0x100fff   0x100000+0x40   main   0x1000 && r0 == 3',
    });
    if (condition === undefined) return undefined;
  }

  const before: Action = old?.logMessage !== undefined ? 'log' : old?.hitCondition ? 'hits' : 'stop';
  const actions = [...ACTIONS].sort((a, b) => Number(b.action === before) - Number(a.action === before));
  const action = await vscode.window.showQuickPick(actions, { title, placeHolder: 'What shall happen there?' });
  if (!action) return undefined;

  const spec: CallbackBreakpointSpec = {
    kind: picked.callback,
    enabled: old?.enabled ?? true,
    ...(condition?.trim() ? { condition: condition.trim() } : {}),
  };
  if (action.action === 'log') {
    const logMessage = await vscode.window.showInputBox({
      title,
      value: old?.logMessage ?? '',
      prompt: 'The message; expressions in braces are replaced by their values.',
      placeHolder: 'sum is {r0}, next {*(int*)0x200000}',
      validateInput: (text) => (text ? undefined : 'A message is needed'),
    });
    return logMessage === undefined ? undefined : { ...spec, logMessage };
  }
  if (action.action === 'hits') {
    const hitCondition = await vscode.window.showInputBox({
      title,
      value: old?.hitCondition ?? '',
      prompt: 'At which hits: 5 (the fifth), >= 5, % 10 (every tenth)',
      validateInput: (text) =>
        HIT_CONDITION.test(text) ? undefined : 'A number, or >, >=, <, <=, == or % and a number',
    });
    return hitCondition === undefined ? undefined : { ...spec, hitCondition: hitCondition.trim() };
  }
  return spec;
}
