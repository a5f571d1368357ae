/** The protocols by name: the one place where one is chosen. */
import { MEASURED } from "./measured.ts";
import { PAPER } from "./paper.ts";
import type { Preset } from "./presets.ts";
import type { Protocol } from "./protocol.ts";

type ProtocolName = Preset["protocol"];
/** The preset of a protocol. */
export type PresetOf<N extends ProtocolName> = Extract<Preset, { readonly protocol: N }>;

const PROTOCOLS: { readonly [N in ProtocolName]: Protocol<PresetOf<N>> } = {
  paper: PAPER,
  measured: MEASURED,
};

/** The protocol of a preset. */
export function protocolOf<P extends Preset>({ protocol }: P): Protocol<P> {
  return PROTOCOLS[protocol] as unknown as Protocol<P>;
}
