/** Fields of the form: label, value, unit, and what is wrong with it, where it is. */
import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";
import type { Hkl } from "takagi";
import { indices } from "../words.ts";

interface FieldProps {
  readonly label: string;
  readonly problem?: string | undefined;
  /** Shown beside the label, smaller. */
  readonly hint?: string | undefined;
  /** Whether there is nothing yet to be changed. */
  readonly disabled?: boolean;
  /** Whether the label is only for those who do not see: of a cell of a table, whose head says it. */
  readonly isBare?: boolean;
  /** Shown where there is no value. */
  readonly placeholder?: string;
}

function Label({
  id,
  label,
  hint,
  isBare,
}: Pick<FieldProps, "label" | "hint"> & { readonly id: string; readonly isBare: boolean }) {
  return (
    <label for={id} class={isBare ? "hidden" : ""}>
      {label}
      {hint !== undefined && <small>{hint}</small>}
    </label>
  );
}

function Wrong({ id, message }: { readonly id: string; readonly message: string | undefined }) {
  return message === undefined ? null : (
    <p class="problem" id={id}>
      {message}
    </p>
  );
}

/** Text that becomes a value when it is left or Enter is pressed; what cannot be one is told and changes nothing. */
export function TextField<T>({
  label,
  problem,
  hint,
  disabled = false,
  isBare = false,
  placeholder,
  list,
  unit,
  text,
  parse,
  expected,
  commit,
}: FieldProps & {
  /** Id of a datalist of what is often typed. */
  readonly list?: string;
  readonly unit?: string | undefined;
  readonly text: string;
  readonly parse: (text: string) => T | undefined;
  readonly expected: string;
  readonly commit: (value: T) => void;
}) {
  const id = useId();
  const [draft, setDraft] = useState<string | undefined>(undefined);
  const isBad = draft !== undefined && parse(draft) === undefined;
  const message = isBad ? expected : problem;
  const take = (): void => {
    if (draft === undefined || isBad) return;
    if (draft.trim() !== text) commit(parse(draft)!);
    setDraft(undefined);
  };
  return (
    <div class={`field ${message === undefined ? "" : "wrong"}`}>
      <Label id={id} label={label} hint={hint} isBare={isBare} />
      <span class="input">
        <input
          id={id}
          type="text"
          inputMode={list === undefined ? "decimal" : "text"}
          list={list}
          placeholder={placeholder}
          autocomplete="off"
          spellcheck={false}
          disabled={disabled}
          value={draft ?? text}
          aria-invalid={message !== undefined}
          aria-describedby={message === undefined ? undefined : `${id}-problem`}
          onInput={(event) => setDraft(event.currentTarget.value)}
          onBlur={take}
          onKeyDown={(event) => {
            if (event.key === "Enter") take();
            if (event.key === "Escape") setDraft(undefined);
          }}
        />
        {unit !== undefined && <span class="unit">{unit}</span>}
      </span>
      <Wrong id={`${id}-problem`} message={message} />
    </div>
  );
}

export function NumberField({
  value,
  commit,
  least = -Infinity,
  most = Infinity,
  ...rest
}: FieldProps & {
  readonly unit?: string;
  readonly value: number | undefined;
  readonly commit: (value: number) => void;
  readonly least?: number;
  readonly most?: number;
}) {
  return (
    <TextField
      {...rest}
      text={value === undefined ? "" : shortest(value)}
      parse={(text) => numberIn(text, least, most)}
      expected={limitsOf(least, most)}
      commit={commit}
    />
  );
}

/** A number that may be left out: the field is then empty. */
export function OptionalNumberField({
  value,
  commit,
  least,
  most,
  ...rest
}: FieldProps & {
  readonly value: number | undefined;
  readonly commit: (value: number | undefined) => void;
  readonly least: number;
  readonly most: number;
}) {
  return (
    <TextField<{ readonly value?: number }>
      {...rest}
      text={value === undefined ? "" : shortest(value)}
      parse={(text) => {
        if (text.trim() === "") return {};
        const found = numberIn(text, least, most);
        return found === undefined ? undefined : { value: found };
      }}
      expected={`${limitsOf(least, most).slice(0, -1)}, or nothing.`}
      commit={(found) => commit(found.value)}
    />
  );
}

function numberIn(text: string, least: number, most: number): number | undefined {
  const found = Number(text.trim().replace(",", ".").replace("−", "-"));
  return text.trim() !== "" && found >= least && found <= most ? found : undefined;
}

function limitsOf(least: number, most: number): string {
  if (least === -Infinity) return "A number.";
  return most < Infinity ? `A number from ${least} to ${most}.` : `A number of at least ${least}.`;
}

export function HklField({
  value,
  commit,
  ...rest
}: FieldProps & { readonly value: Hkl | undefined; readonly commit: (value: Hkl) => void }) {
  return (
    <TextField
      {...rest}
      text={value === undefined ? "" : indices(value)}
      parse={hklOf}
      expected="Three whole numbers, such as 4 0 0."
      commit={commit}
    />
  );
}

/** "4 0 0", "4,0,0", "400" or "0 0 -6". */
function hklOf(text: string): Hkl | undefined {
  const clean = text
    .trim()
    .replaceAll("−", "-")
    .replace(/^\((.*)\)$/, "$1");
  const found = /^(-?\d)(-?\d)(-?\d)$/.exec(clean) ?? /^(-?\d+)[\s,;]+(-?\d+)[\s,;]+(-?\d+)$/.exec(clean);
  if (found === null) return undefined;
  const hkl: Hkl = [Number(found[1]), Number(found[2]), Number(found[3])];
  return hkl.every((index) => index === 0) ? undefined : hkl;
}

export function Choice<T extends string>({
  label,
  value,
  options,
  choose,
  problem,
  hint,
  isBare = false,
}: FieldProps & {
  readonly value: T;
  readonly options: readonly (readonly [value: T, words: string])[];
  readonly choose: (value: T) => void;
}) {
  const id = useId();
  return (
    <div class={`field ${problem === undefined ? "" : "wrong"}`}>
      <Label id={id} label={label} hint={hint} isBare={isBare} />
      <select
        id={id}
        value={value}
        onChange={(event) => choose(event.currentTarget.value as T)}
        aria-invalid={problem !== undefined}
      >
        {options.map(([name, words]) => (
          <option key={name} value={name}>
            {words}
          </option>
        ))}
      </select>
      <Wrong id={`${id}-problem`} message={problem} />
    </div>
  );
}

export function Check({
  label,
  checked,
  toggle,
}: {
  readonly label: ComponentChildren;
  readonly checked: boolean;
  readonly toggle: () => void;
}) {
  return (
    <label class="check">
      <input type="checkbox" checked={checked} onChange={toggle} />
      {label}
    </label>
  );
}

/** As few digits as say the same to seven places; fluences as 2e14. */
function shortest(value: number): string {
  const short = Number(value.toPrecision(7));
  return Math.abs(short) >= 1e9 ? short.toExponential().replace("e+", "e") : String(short);
}
