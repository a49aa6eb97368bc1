/** What a plugin says of itself while the guest runs: its tables, and its statistics in text. */
import '@vscode-elements/elements/dist/vscode-badge/index.js';
import { Announcer } from '../announcer';
import { element, setAttribute, setText } from '../dom';
import type { PluginTablesState } from '../protocol/table-messages';
import { TableView } from './table';

const STATES = { running: 'Running', stopped: 'Stopped', ended: 'Ended' } as const;

export class TablesView {
  private readonly heading = element('h1');
  private readonly badge = document.createElement('vscode-badge');
  private readonly summary = element('p', { class: 'summary', id: 'summary' });
  private readonly tables = element('div', { id: 'tables' });
  private readonly views = new Map<string, TableView>();
  private readonly text = element('pre', { id: 'text' });
  private readonly textSection: HTMLElement;
  private readonly nothing = element('p', { class: 'hint', id: 'nothing' });
  private readonly announcer = new Announcer();

  constructor(root: HTMLElement) {
    this.textSection = element('section', { 'aria-label': 'Statistics' }, element('h2', {}, 'Statistics'), this.text);
    root.append(
      element('header', {}, element('div', { class: 'title' }, this.heading, this.badge)),
      this.summary,
      this.tables,
      this.textSection,
      this.nothing,
      this.announcer.root,
    );
  }

  show({ sessionName, state, plugin, report, limit }: PluginTablesState): void {
    setText(this.heading, plugin.name);
    const word = plugin.state === 'off' && state !== 'ended' ? 'Switched off' : STATES[state];
    setText(this.badge, word);
    setAttribute(this.badge, 'data-state', state);
    setText(this.summary, [sessionName, ...plugin.arguments].join(' · '));
    const tables = report?.tables ?? [];
    for (const table of tables) {
      let view = this.views.get(table.id);
      if (!view) {
        view = new TableView(table.id);
        this.views.set(table.id, view);
        this.tables.append(view.root);
      }
      view.update(table, limit);
    }
    for (const [id, view] of this.views) {
      if (tables.some((table) => table.id === id)) continue;
      view.root.remove();
      this.views.delete(id);
    }
    setText(this.text, report?.text ?? '');
    this.textSection.hidden = !report?.text;
    this.nothing.hidden = tables.length > 0 || !!report?.text;
    setText(this.nothing, report ? 'This plugin says nothing of itself before the end.' : 'Asking the plugin…');
    this.announcer.say(`${plugin.name} ${word}`, `${plugin.name}: ${word}, ${tables.length} tables.`);
  }
}
