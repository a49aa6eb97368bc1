/** The part of VS Code's extension manifest that this extension uses, as types. */

/** JSON Schema as launch.json's attributes use it; {@link ../launch/schema-check.ts} checks against the same object. */
export interface JsonSchema {
  readonly type?: JsonType | readonly JsonType[];
  readonly description?: string;
  readonly markdownDescription?: string;
  readonly default?: unknown;
  readonly enum?: readonly (string | number)[];
  readonly enumDescriptions?: readonly string[];
  readonly pattern?: string;
  readonly patternErrorMessage?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly required?: readonly string[];
  readonly examples?: readonly unknown[];
}

export type JsonType = 'string' | 'number' | 'integer' | 'boolean' | 'array' | 'object';

export interface ConfigurationSnippet {
  readonly label: string;
  readonly description: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface DebuggerContribution {
  readonly type: string;
  readonly label: string;
  readonly languages: readonly string[];
  readonly configurationAttributes: { readonly launch: JsonSchema };
  readonly initialConfigurations: readonly Readonly<Record<string, unknown>>[];
  readonly configurationSnippets: readonly ConfigurationSnippet[];
  readonly variables?: Readonly<Record<string, string>>;
}

export interface CommandContribution {
  readonly command: string;
  readonly title: string;
  readonly category?: string;
  readonly icon?: string;
  readonly enablement?: string;
}

export interface MenuItem {
  readonly command: string;
  readonly when?: string;
  readonly group?: string;
}

export interface ViewContribution {
  readonly id: string;
  readonly name: string;
  readonly when?: string;
  readonly visibility?: 'visible' | 'collapsed' | 'hidden';
}

export interface LanguageContribution {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly extensions?: readonly string[];
  readonly configuration?: string;
}

export interface GrammarContribution {
  readonly language: string;
  readonly scopeName: string;
  readonly path: string;
}

export interface SettingContribution extends JsonSchema {
  readonly order?: number;
  readonly scope?: 'application' | 'machine' | 'window' | 'resource';
}

export interface ColorContribution {
  readonly id: string;
  readonly description: string;
  readonly defaults: Readonly<Record<'dark' | 'light' | 'highContrast' | 'highContrastLight', string>>;
}

export interface Contributions {
  readonly debuggers: readonly DebuggerContribution[];
  readonly breakpoints: readonly { readonly language: string }[];
  readonly languages: readonly LanguageContribution[];
  readonly grammars: readonly GrammarContribution[];
  readonly commands: readonly CommandContribution[];
  readonly menus: Readonly<Record<string, readonly MenuItem[]>>;
  readonly views: Readonly<Record<string, readonly ViewContribution[]>>;
  readonly viewsWelcome: readonly { readonly view: string; readonly contents: string; readonly when?: string }[];
  readonly taskDefinitions: readonly {
    readonly type: string;
    readonly required: readonly string[];
    readonly properties: Readonly<Record<string, JsonSchema>>;
  }[];
  readonly configuration: {
    readonly title: string;
    readonly properties: Readonly<Record<string, SettingContribution>>;
  };
  readonly colors: readonly ColorContribution[];
}
