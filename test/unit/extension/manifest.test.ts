import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { CONTRIBUTIONS } from '../../../src/extension/contributions';
import { COMMANDS, CONTEXTS, SETTINGS, SETTINGS_SECTION, VIEWS } from '../../../src/extension/ids';
import { INITIAL_CONFIGURATION, LAUNCH_SCHEMA, SNIPPETS } from '../../../src/extension/manifest/launch-schema';
import { checkSchema } from '../../../src/extension/launch/schema-check';

interface Manifest {
  contributes: unknown;
  main: string;
  capabilities: { untrustedWorkspaces: { supported: unknown; description: string } };
  engines: { vscode: string };
  devDependencies: Record<string, string>;
  dependencies: Record<string, string>;
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;

describe('the extension manifest', () => {
  it('is what contributions.ts says (npm run manifest writes it)', () => {
    assert.deepEqual(manifest.contributes, JSON.parse(JSON.stringify(CONTRIBUTIONS)));
  });

  it('declares every command once, and menus, buttons and links name only declared ones', () => {
    const declared = CONTRIBUTIONS.commands.map(({ command }) => command);
    assert.equal(new Set(declared).size, declared.length);
    const internal: string[] = [COMMANDS.pickProgram]; // called by launch.json's variable, not by users
    assert.deepEqual([...declared, ...internal].sort(), Object.values<string>(COMMANDS).sort());
    for (const items of Object.values(CONTRIBUTIONS.menus)) {
      for (const { command } of items) assert.ok(declared.includes(command), command);
    }
    const links = CONTRIBUTIONS.viewsWelcome.flatMap(({ contents }) => [...contents.matchAll(/\(command:([\w.]+)\)/g)]);
    assert.ok(links.length > 0);
    for (const [, command] of links) assert.ok(declared.includes(command ?? ''), command);
  });

  it('declares every view, setting and context key that the code uses', () => {
    const views = Object.values(CONTRIBUTIONS.views).flatMap((list) => list.map(({ id }) => id));
    assert.deepEqual(views, Object.values<string>(VIEWS));
    assert.deepEqual(
      Object.keys(CONTRIBUTIONS.configuration.properties).sort(),
      Object.values(SETTINGS)
        .map((name) => `${SETTINGS_SECTION}.${name}`)
        .sort(),
    );
    const text = JSON.stringify(CONTRIBUTIONS);
    for (const key of Object.values(CONTEXTS)) assert.ok(text.includes(key), key);
  });

  it('names grammars that exist and are for its own languages', () => {
    const languages = CONTRIBUTIONS.languages.map(({ id }) => id);
    assert.ok(CONTRIBUTIONS.grammars.length > 0);
    for (const { path, scopeName, language } of CONTRIBUTIONS.grammars) {
      assert.ok(existsSync(path), path);
      assert.equal((JSON.parse(readFileSync(path, 'utf8')) as { scopeName: string }).scopeName, scopeName);
      assert.ok(languages.includes(language));
    }
  });

  it('describes every launch attribute and setting', () => {
    for (const [name, schema] of Object.entries(LAUNCH_SCHEMA.properties)) {
      assert.ok(schema.description ?? schema.markdownDescription, name);
      if (schema.default !== undefined) assert.deepEqual(checkSchema(schema, schema.default, name), []);
    }
    for (const [name, schema] of Object.entries(CONTRIBUTIONS.configuration.properties)) {
      assert.ok(schema.description ?? schema.markdownDescription, name);
      assert.deepEqual(checkSchema(schema, schema.default, name), []);
    }
  });

  it('offers configurations that its own schema accepts', () => {
    const schema = { ...LAUNCH_SCHEMA, type: 'object', additionalProperties: false } as const;
    const common = new Set(['type', 'request', 'name']);
    for (const body of [INITIAL_CONFIGURATION, ...SNIPPETS.map((snippet) => snippet.body)]) {
      const own = Object.fromEntries(Object.entries(body).filter(([key]) => !common.has(key)));
      assert.deepEqual(checkSchema(schema, own, ''), [], JSON.stringify(body));
    }
  });

  it('runs without workspace trust, with limits that it names', () => {
    const { supported, description } = manifest.capabilities.untrustedWorkspaces;
    assert.equal(supported, 'limited');
    assert.match(description, /trusted workspace/);
  });

  it('pins exact versions of all packages', () => {
    for (const [name, version] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })) {
      assert.match(version, /^\d+\.\d+\.\d+$/, name);
    }
  });
});
