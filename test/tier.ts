import { isTier, type Tier } from '../src/adapter/engine/api';

/** The tier that tests run on when they do not say: the one that TCGSCOPE_TIER names, else the product's default. */
export function testTier(): Tier | undefined {
  const tier = process.env.TCGSCOPE_TIER;
  if (tier !== undefined && !isTier(tier)) throw new Error(`TCGSCOPE_TIER=${tier}: not a tier`);
  return tier;
}
