/** Tints the source lines that cause cache misses, in every visible editor. */
import * as vscode from 'vscode';
import { COMMANDS, SETTINGS, SETTINGS_SECTION } from '../ids';
import { describeHeat, HEAT_LEVELS, heatByFile, type HeatLevel, type HeatLine } from './heat-lines';
import type { CacheStore } from './store';

const SETTING = `${SETTINGS_SECTION}.${SETTINGS.showHeat}`;

function decorationType(level: HeatLevel): vscode.TextEditorDecorationType {
  const isHot = level === 'medium' || level === 'high';
  const mark = new vscode.ThemeColor('tcgscope.heatMark');
  const remark = { color: isHot ? mark : new vscode.ThemeColor('editorCodeLens.foreground'), margin: '0 0 0 3em' };
  if (level === 'trace') return vscode.window.createTextEditorDecorationType({});
  return vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor(`tcgscope.heat.${level}`),
    after: remark,
    ...(isHot ? { overviewRulerColor: mark, overviewRulerLane: vscode.OverviewRulerLane.Left } : {}),
  });
}

function decoration(document: vscode.TextDocument, heat: HeatLine): vscode.DecorationOptions | undefined {
  if (heat.line > document.lineCount) return undefined; // the file has changed since it was compiled
  const text = describeHeat(heat);
  const hover = new vscode.MarkdownString(`**Cache misses** ${text} (${(100 * heat.share).toFixed(1)} % of all)`);
  return {
    range: document.lineAt(heat.line - 1).range,
    hoverMessage: hover,
    ...(heat.level === 'trace' ? {} : { renderOptions: { after: { contentText: text } } }),
  };
}

export function registerHeat(store: CacheStore): vscode.Disposable {
  const types = new Map(HEAT_LEVELS.map((level) => [level, decorationType(level)]));
  const enabled = () => vscode.workspace.getConfiguration().get(SETTING, true);

  const refresh = (): void => {
    const samples = enabled() ? (store.view?.caches.map(({ sample }) => sample) ?? []) : [];
    const byFile = heatByFile(samples);
    for (const editor of vscode.window.visibleTextEditors) {
      const lines = byFile.get(editor.document.uri.fsPath) ?? [];
      for (const [level, type] of types) {
        const options = lines.filter((line) => line.level === level).map((line) => decoration(editor.document, line));
        editor.setDecorations(
          type,
          options.filter((option) => option !== undefined),
        );
      }
    }
  };

  const unsubscribe = store.onChange(refresh);
  return vscode.Disposable.from(
    { dispose: unsubscribe },
    ...types.values(),
    vscode.window.onDidChangeVisibleTextEditors(refresh),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(SETTING)) refresh();
    }),
    vscode.commands.registerCommand(COMMANDS.toggleHeat, async () => {
      await vscode.workspace.getConfiguration().update(SETTING, !enabled(), vscode.ConfigurationTarget.Global);
    }),
  );
}
