/** The view "TCG Plugins": the nodes of nodes.ts as items of VS Code. */
import * as vscode from 'vscode';
import { pluginContext } from '../ids';
import type { LookedAt } from './looking';
import { detailsOf, rootNodes, type DetailNode, type PluginNode, type TreeNode } from './nodes';
import type { PluginStore } from './store';

const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;

const TOGETHER_MS = 100;

const STATES = {
  loaded: { icon: 'extensions', color: 'charts.green', text: '' },
  off: { icon: 'circle-slash', color: 'disabledForeground', text: 'off' },
  failed: { icon: 'error', color: 'list.errorForeground', text: 'failed' },
  uninstalled: { icon: 'trash', color: 'disabledForeground', text: 'uninstalled' },
} as const;

export class PluginTree implements vscode.TreeDataProvider<TreeNode>, vscode.Disposable {
  private readonly emitter = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.emitter.event;

  private pending: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly store: PluginStore,
    private readonly looked: LookedAt,
  ) {}

  /** Changes that come together are one: VS Code may lose a tree that is asked for anew while it is being built. */
  refresh(): void {
    this.pending ??= setTimeout(() => {
      this.pending = undefined;
      this.emitter.fire();
    }, TOGETHER_MS);
  }

  getChildren(node?: TreeNode): TreeNode[] {
    if (!node) {
      this.looked.drawRoot();
      return rootNodes(this.store.sessions);
    }
    if (node.kind === 'detail') return [...node.children];
    this.looked.drawChildren(node.id, node.sessionId);
    const session = this.store.sessions.find(({ sessionId }) => sessionId === node.sessionId);
    return detailsOf(node, session?.reports.get(node.plugin.id));
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    return node.kind === 'plugin' ? pluginItem(node) : detailItem(node);
  }

  dispose(): void {
    clearTimeout(this.pending);
    this.emitter.dispose();
  }
}

function pluginItem({ id, plugin, sessionName }: PluginNode): vscode.TreeItem {
  const { icon, color, text } = STATES[plugin.state];
  const item = new vscode.TreeItem(plugin.name, plugin.state === 'failed' ? Expanded : Collapsed);
  item.id = id;
  item.description = [text, plugin.arguments.join(', '), sessionName].filter(Boolean).join(' · ');
  item.iconPath = new vscode.ThemeIcon(icon, new vscode.ThemeColor(color));
  item.contextValue = pluginContext(plugin.state, plugin.path !== undefined);
  const version = plugin.version === undefined ? undefined : `Plugin API version ${plugin.version}`;
  item.tooltip = [plugin.path ?? `${plugin.file} (bundled)`, version, plugin.message].filter(Boolean).join('\n');
  item.accessibilityInformation = { label: `${plugin.name}, ${plugin.state}` };
  return item;
}

function detailItem({ id, icon, label, description, tooltip, children }: DetailNode): vscode.TreeItem {
  const item = new vscode.TreeItem(label, children.length ? Expanded : None);
  item.id = id;
  if (description !== undefined) item.description = description;
  if (tooltip !== undefined) item.tooltip = tooltip;
  if (icon !== 'none') {
    item.iconPath = new vscode.ThemeIcon(
      icon,
      icon === 'error' ? new vscode.ThemeColor('list.errorForeground') : undefined,
    );
  }
  return item;
}
