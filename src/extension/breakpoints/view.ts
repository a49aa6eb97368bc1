/** The view "Plugin Breakpoints": shows and edits the list, stores it, and tells it to the sessions. */
import * as vscode from 'vscode';
import type { ContributedKindInfo } from '../../adapter/protocol/custom';
import { COMMANDS, VIEWS } from '../ids';
import { customRequest, type SessionHub } from '../session/session-hub';
import { askForBreakpoint } from './dialog';
import { describe, kindInfo, PluginBreakpoints, type PluginBreakpoint } from './model';

const STORAGE_KEY = 'pluginBreakpoints';

class BreakpointTree implements vscode.TreeDataProvider<PluginBreakpoint>, vscode.Disposable {
  private readonly emitter = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.emitter.event;

  constructor(
    private readonly breakpoints: () => readonly PluginBreakpoint[],
    private readonly contributed: () => readonly ContributedKindInfo[],
  ) {}

  refresh(): void {
    this.emitter.fire();
  }

  getChildren(parent?: PluginBreakpoint): PluginBreakpoint[] {
    return parent ? [] : [...this.breakpoints()];
  }

  getTreeItem({ id, spec, verification }: PluginBreakpoint): vscode.TreeItem {
    const { label } = kindInfo(spec.kind, this.contributed());
    const item = new vscode.TreeItem(label);
    const detail = describe(spec);
    const refused = verification && !verification.verified && spec.enabled;
    item.id = String(id);
    item.description = refused ? `${detail} — ${verification.message ?? 'not possible'}` : detail;
    item.tooltip = [label, detail, refused ? verification.message : undefined].filter(Boolean).join('\n');
    item.checkboxState = spec.enabled ? vscode.TreeItemCheckboxState.Checked : vscode.TreeItemCheckboxState.Unchecked;
    item.iconPath = new vscode.ThemeIcon(
      refused ? 'warning' : spec.logMessage === undefined ? 'debug-breakpoint' : 'debug-breakpoint-log',
      new vscode.ThemeColor(
        refused ? 'list.warningForeground' : spec.enabled ? 'debugIcon.breakpointForeground' : 'disabledForeground',
      ),
    );
    item.accessibilityInformation = {
      label: `${label} ${detail}, ${spec.logMessage === undefined ? 'stops' : 'logs'}${refused ? `, ${verification.message ?? ''}` : ''}`,
    };
    return item;
  }

  dispose(): void {
    this.emitter.dispose();
  }
}

/**
 * Makes the view with its commands.
 * @param storage where the list is kept from one window to the next
 * @param plugins the kinds of breakpoints that plugins contribute
 */
export function registerPluginBreakpoints(
  hub: SessionHub,
  storage: vscode.Memento,
  plugins: { readonly breakpointKinds: readonly ContributedKindInfo[]; readonly onDidChange: vscode.Event<void> },
): vscode.Disposable {
  const breakpoints = new PluginBreakpoints((what) => {
    tree.refresh();
    if (what === 'verification') return;
    void storage.update(STORAGE_KEY, breakpoints.specs);
    for (const session of hub.sessions) void tell(session);
  });
  const tree = new BreakpointTree(
    () => breakpoints.all,
    () => plugins.breakpointKinds,
  );
  breakpoints.restore(storage.get(STORAGE_KEY));

  const tell = async (session: vscode.DebugSession): Promise<void> => {
    const { specs } = breakpoints;
    try {
      const answer = await customRequest(session, 'tcg/setCallbackBreakpoints', { breakpoints: specs });
      breakpoints.verify(answer.breakpoints);
    } catch (error) {
      // A session that has just ended takes no requests; that is no news to the user.
      if (!hub.sessions.includes(session)) return;
      const message = error instanceof Error ? error.message : String(error);
      breakpoints.verify(specs.map(() => ({ verified: false, message })));
    }
  };

  const view = vscode.window.createTreeView(VIEWS.pluginBreakpoints, {
    treeDataProvider: tree,
    manageCheckboxStateManually: true,
  });
  const edit = async ({ id, spec }: PluginBreakpoint): Promise<void> => {
    const changed = await askForBreakpoint(plugins.breakpointKinds, spec);
    if (!changed) return;
    const cleared = { condition: undefined, hitCondition: undefined, logMessage: undefined };
    breakpoints.update(id, { ...cleared, ...changed });
  };

  return vscode.Disposable.from(
    tree,
    view,
    plugins.onDidChange(() => tree.refresh()),
    view.onDidChangeCheckboxState(({ items }) => {
      for (const [{ id }, state] of items) {
        breakpoints.update(id, { enabled: state === vscode.TreeItemCheckboxState.Checked });
      }
    }),
    hub.onDidInitialize((session) => void tell(session)),
    vscode.commands.registerCommand(COMMANDS.addBreakpoint, async () => {
      const spec = await askForBreakpoint(plugins.breakpointKinds);
      if (spec) breakpoints.add(spec);
    }),
    vscode.commands.registerCommand(COMMANDS.editBreakpoint, edit),
    vscode.commands.registerCommand(COMMANDS.removeBreakpoint, ({ id }: PluginBreakpoint) => breakpoints.remove(id)),
    vscode.commands.registerCommand(COMMANDS.removeAllBreakpoints, () => breakpoints.clear()),
  );
}
