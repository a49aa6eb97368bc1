import type { DebugProtocol } from '@vscode/debugprotocol';
import type { CallbackKind, CustomRequests } from '../../protocol/custom';
import { parseCallbackCondition } from '../callback-condition';
import type { FindSymbol } from '../callback-condition';
import { CALLBACK_KINDS, CALLBACK_KIND_NAMES, isContributedKind } from '../callback-kinds';
import { CheckedObject } from '../checked';
import type { Handlers } from '../client';
import { messageOf } from '../errors';
import type { CallbackBreakpoints, CallbackRequest } from './callback-breakpoints';

/** The exception filters: one for each callback kind, each with a condition. */
export const CALLBACK_FILTERS: readonly DebugProtocol.ExceptionBreakpointsFilter[] = CALLBACK_KIND_NAMES.map(
  (filter) => ({
    filter,
    label: CALLBACK_KINDS[filter].label,
    description: CALLBACK_KINDS[filter].description,
    default: false,
    supportsCondition: true,
    conditionDescription: CALLBACK_KINDS[filter].conditionDescription,
  }),
);

/** A kind of the view: a built-in one, or one that a plugin contributes, whether it is loaded now or not. */
function kindOf(spec: CheckedObject): CallbackKind {
  const kind = spec.string('kind');
  return isContributedKind(kind) ? kind : spec.oneOf('kind', CALLBACK_KIND_NAMES);
}

/** setExceptionBreakpoints and tcg/setCallbackBreakpoints: plugin callbacks that stop or log. */
export class CallbackBreakpointRequests {
  readonly handlers: Handlers = {
    setExceptionBreakpoints: (args) => this.setFilters(new CheckedObject(args, 'setExceptionBreakpoints')),
    'tcg/setCallbackBreakpoints': (args) => this.setView(new CheckedObject(args, 'tcg/setCallbackBreakpoints')),
  };

  /**
   * @param findSymbol undefined before a program is loaded
   */
  constructor(
    private readonly breakpoints: CallbackBreakpoints,
    private readonly findSymbol: FindSymbol,
  ) {}

  private async setFilters(args: CheckedObject): Promise<DebugProtocol.SetExceptionBreakpointsResponse['body']> {
    const options = args.objects('filterOptions').map((option) => ({
      kind: option.oneOf('filterId', CALLBACK_KIND_NAMES),
      condition: option.optionalString('condition'),
    }));
    const filters = args.array('filters', 'an array of filter names').map((_, index) => {
      const name = args.array('filters')[index];
      const kind = CALLBACK_KIND_NAMES.find((known) => known === name);
      if (!kind) throw args.wrongItem('filters', index, CALLBACK_KIND_NAMES.join(' or '), name);
      return { kind, condition: undefined };
    });
    const requests = [...filters, ...options].map(({ kind, condition }) =>
      this.request({ kind, condition, enabled: true }),
    );
    return { breakpoints: await this.breakpoints.replace('filters', requests) };
  }

  private async setView(args: CheckedObject): Promise<CustomRequests['tcg/setCallbackBreakpoints']['body']> {
    const requests = args.objects('breakpoints').map((one) =>
      this.request({
        kind: kindOf(one),
        condition: one.optionalString('condition'),
        hitCondition: one.optionalString('hitCondition')?.trim() || undefined,
        logMessage: one.optionalString('logMessage') || undefined,
        enabled: one.boolean('enabled', true),
      }),
    );
    const results = await this.breakpoints.replace('view', requests);
    return { breakpoints: results.map(({ verified, message }) => ({ verified, ...(message && { message }) })) };
  }

  private request(spec: {
    kind: CallbackKind;
    condition?: string;
    hitCondition?: string;
    logMessage?: string;
    enabled: boolean;
  }): CallbackRequest {
    const { kind, hitCondition, logMessage, enabled } = spec;
    const key = JSON.stringify([kind, spec.condition, hitCondition, logMessage]);
    const common = { key, enabled, reason: 'exception' as const };
    try {
      const { ranges, expression: condition } = parseCallbackCondition(spec.condition, this.findSymbol);
      const part = {
        kind,
        ...(ranges && { ranges }),
        ...(condition !== undefined && { condition }),
        ...(hitCondition !== undefined && { hitCondition }),
        ...(logMessage !== undefined && { logMessage }),
      };
      return { ...common, parts: [part] };
    } catch (error) {
      return { ...common, parts: [], error: messageOf(error) };
    }
  }
}
