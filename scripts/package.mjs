#!/usr/bin/env node
// Makes tcgscope-<version>.vsix: a zip file with the extension's files, a manifest and a list of content types.
// Everything is bundled in dist/, so no node_modules go in. Which files do is said by .vscodeignore, in the syntax vsce
// reads: a pattern per line, "!" takes files back in, the last match counts.
//   node scripts/package.mjs [--no-build]
import { zipSync } from 'fflate';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import { buildAll } from './build.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const MAX_BYTES = 2 * 1000 * 1000;

/** Content types by file name extension; an unknown one is an error, so that nothing strange is shipped. */
const CONTENT_TYPES = {
  '.json': 'application/json',
  '.js': 'application/javascript',
  '.ts': 'text/plain',
  '.css': 'text/css',
  '.md': 'text/markdown',
  '.c': 'text/plain',
  '.h': 'text/plain',
  '.txt': 'text/plain',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.vsixmanifest': 'text/xml',
};

const escapeXml = (text) =>
  String(text).replace(
    /[&<>"']/g,
    (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' })[c],
  );

/** A pattern of .vscodeignore as a regular expression on the path relative to the root. */
function patternToRegExp(pattern) {
  const source = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*\*\/?|\*|\?/g, (glob) => {
    if (glob === '**/') return '(?:.*/)?';
    if (glob === '**') return '.*';
    return glob === '*' ? '[^/]*' : '[^/]';
  });
  return new RegExp(`^${source}(?:/.*)?$`);
}

/** The files to ship, as sorted relative paths. */
function shippedFiles() {
  const rules = readFileSync(root + '.vscodeignore', 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line && !line.startsWith('#'))
    .map((line) => ({ keep: line.startsWith('!'), match: patternToRegExp(line.replace(/^!/, '')) }));
  const never = new Set(['node_modules', '.git', 'out']);
  const walk = (folder) =>
    readdirSync(root + folder, { withFileTypes: true }).flatMap((entry) => {
      const name = path.posix.join(folder, entry.name);
      if (entry.isDirectory()) return never.has(entry.name) ? [] : walk(name);
      return entry.isFile() ? [name] : [];
    });
  const shipped = (file) => rules.reduce((keep, rule) => (rule.match.test(file) ? rule.keep : keep), true);
  return walk('').filter(shipped).sort();
}

function vsixManifest(manifest, files) {
  const has = (name) => files.includes(name);
  const asset = (type, file) =>
    has(file) ? `<Asset Type="Microsoft.VisualStudio.${type}" Path="extension/${file}" Addressable="true" />` : '';
  return `<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011" xmlns:d="http://schemas.microsoft.com/developer/vsx-schema-design/2011">
  <Metadata>
    <Identity Language="en-US" Id="${escapeXml(manifest.name)}" Version="${escapeXml(manifest.version)}" Publisher="${escapeXml(manifest.publisher)}" />
    <DisplayName>${escapeXml(manifest.displayName)}</DisplayName>
    <Description xml:space="preserve">${escapeXml(manifest.description)}</Description>
    <Tags>${escapeXml((manifest.keywords ?? []).join(','))}</Tags>
    <Categories>${escapeXml((manifest.categories ?? []).join(','))}</Categories>
    <GalleryFlags>Public</GalleryFlags>
    <Properties>
      <Property Id="Microsoft.VisualStudio.Code.Engine" Value="${escapeXml(manifest.engines.vscode)}" />
      <Property Id="Microsoft.VisualStudio.Code.ExtensionDependencies" Value="" />
      <Property Id="Microsoft.VisualStudio.Code.ExtensionPack" Value="" />
      <Property Id="Microsoft.VisualStudio.Code.ExtensionKind" Value="${escapeXml((manifest.extensionKind ?? ['workspace']).join(','))}" />
      <Property Id="Microsoft.VisualStudio.Services.GitHubFlavoredMarkdown" Value="true" />
    </Properties>
    ${has('LICENSE') ? '<License>extension/LICENSE</License>' : ''}
    ${manifest.icon ? `<Icon>extension/${escapeXml(manifest.icon)}</Icon>` : ''}
  </Metadata>
  <Installation><InstallationTarget Id="Microsoft.VisualStudio.Code" /></Installation>
  <Dependencies />
  <Assets>
    ${asset('Code.Manifest', 'package.json')}
    ${asset('Services.Content.Details', 'README.md')}
    ${asset('Services.Content.Changelog', 'CHANGELOG.md')}
    ${asset('Services.Content.License', 'LICENSE')}
    ${manifest.icon ? asset('Services.Icons.Default', manifest.icon) : ''}
  </Assets>
</PackageManifest>
`;
}

function contentTypes(files) {
  const extensions = new Set(['.vsixmanifest']);
  for (const file of files) {
    const extension = path.posix.extname(file).toLowerCase();
    if (!extension) continue;
    if (!CONTENT_TYPES[extension]) throw new Error(`${file}: no content type is known for ${extension}`);
    extensions.add(extension);
  }
  const rows = [...extensions].map((ext) => `<Default Extension="${ext}" ContentType="${CONTENT_TYPES[ext]}" />`);
  return `<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">${rows.join('')}</Types>
`;
}

/** What the installed extension needs of package.json: the development parts stay at home. */
function shippedManifest(manifest) {
  const shipped = { ...manifest };
  for (const name of ['scripts', 'devDependencies', 'dependencies', 'overrides', 'allowScripts', 'private', 'bin']) {
    delete shipped[name];
  }
  return shipped;
}

/**
 * Builds the extension and packs it.
 * @returns the path of the .vsix, its size in bytes and the names of the files inside.
 * @throws Error if it is larger than 2 MB or lacks a file that package.json names.
 */
export async function packageVsix({ build = true } = {}) {
  if (build) await buildAll();
  const manifest = JSON.parse(readFileSync(root + 'package.json', 'utf8'));
  const files = shippedFiles();
  for (const needed of [manifest.main.replace(/^\.\//, ''), 'package.json', 'LICENSE', manifest.icon]) {
    if (needed && !files.includes(needed)) throw new Error(`${needed} is missing from the package`);
  }
  const utf8 = new TextEncoder();
  const entries = {
    'extension.vsixmanifest': utf8.encode(vsixManifest(manifest, files)),
    '[Content_Types].xml': utf8.encode(contentTypes(files)),
  };
  for (const file of files) {
    entries[`extension/${file}`] =
      file === 'package.json'
        ? utf8.encode(JSON.stringify(shippedManifest(manifest), null, 2))
        : new Uint8Array(readFileSync(root + file));
  }
  const vsix = `${root}${manifest.name}-${manifest.version}.vsix`;
  writeFileSync(vsix, zipSync(entries, { level: 9, mtime: new Date('2000-01-01T00:00:00Z') }));
  const { size } = statSync(vsix);
  if (size > MAX_BYTES) throw new Error(`${path.basename(vsix)} is ${size} bytes, more than the allowed ${MAX_BYTES}`);
  return { vsix, size, files };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const { vsix, size, files } = await packageVsix({ build: !process.argv.includes('--no-build') });
    for (const file of files) console.log(`  ${file}`);
    console.log(`${path.basename(vsix)}: ${(size / 1000).toFixed(0)} kB, ${files.length} files`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}
