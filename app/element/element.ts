/** `<takagi-view>`: a scan in, its strain out, in any page. */
import { createElement, render } from "preact";
import type { Effort, Hkl, Inversion, InvertOptions, Reflection, Scan } from "takagi";
import { readTheme } from "../plot/theme.ts";
import { PARSERS, type ViewTheme } from "./attributes.ts";
import type { TakagiViewEventMap } from "./events.ts";
import { type Inputs, inputsOf } from "./inputs.ts";
import { View } from "./View.tsx";
import { type ScanSource, ViewWork } from "./work.ts";

/** Put in by the build: the style sheet. */
declare const STYLE: string;

/** Where there is no page, as where pages are made ahead, the class can be imported and not used. */
const Base = typeof HTMLElement === "undefined" ? (Object as unknown as typeof HTMLElement) : HTMLElement;

const ATTRIBUTES = ["material", "hkl", "wavelength", "effort", "theme", "src", "manual"] as const;
/** Properties that may have been set before this file came. */
const PROPERTIES = ["material", "hkl", "wavelength", "effort", "theme", "src", "manual"] as const;
const OBJECTS = ["options", "reflection", "scan", "inversion"] as const;

let sheet: CSSStyleSheet | undefined;

function sheetOfAll(): CSSStyleSheet {
  if (sheet === undefined) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
  }
  return sheet;
}

/** `<takagi-view>`: shows a scan, inverts it in a worker, and shows fit, residuals, strain and Debye–Waller factor with their
 *  bands and the verdict. The points of the profile can be dragged, by pointer and by keys; the curve follows. Events:
 *  `takagi-progress`, `takagi-answer`, `takagi-change`, `takagi-error` (`TakagiViewEventMap`).
 *
 *  It inverts by itself as soon as scan, crystal, reflection and wavelength are there, and again when one of them changes;
 *  with the attribute `manual` only when `invert` is called.
 *  @example
 *  <takagi-view src="scan.xy" material="YSZ" hkl="4,0,0" wavelength="1.5406"></takagi-view> */
export class TakagiView extends Base {
  /** Names of the attributes that are followed. */
  static readonly observedAttributes: readonly string[] = ATTRIBUTES;

  readonly #work: ViewWork;
  readonly #place: HTMLElement;
  readonly #root: HTMLElement;
  #end: (() => void) | undefined;
  #given: Reflection | undefined;
  #hasNews = false;
  #isScheduled = false;

  constructor() {
    super();
    this.#work = new ViewWork({
      inputs: () => this.#inputs(),
      tell: (name, detail) =>
        void this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true })),
      changed: () => this.#changed(),
    });
    const shadow = this.attachShadow({ mode: "open" }),
      probe = document.createElement("i");
    shadow.adoptedStyleSheets = [sheetOfAll()];
    this.#place = document.createElement("div");
    this.#place.className = "view";
    this.#place.dataset.scheme = "system";
    this.#root = document.createElement("div");
    probe.className = "probe";
    probe.addEventListener("transitionend", () => this.#readTheme());
    this.#place.append(probe, this.#root);
    shadow.append(this.#place);
  }

  /** The crystal: one of takagi's names, or an alloy such as "Si0.8Ge0.2". */
  get material(): string | undefined {
    return this.getAttribute("material") ?? undefined;
  }
  set material(name: string | undefined) {
    this.#reflect("material", name);
  }

  /** Miller indices of the reflection; undefined where the attribute ("4,0,0") is absent or is none. */
  get hkl(): Hkl | undefined {
    return this.#parsed("hkl");
  }
  set hkl(hkl: Hkl | undefined) {
    this.#reflect("hkl", hkl?.join(","));
  }

  /** Å; that of the scan's file where it is undefined and the file says one. */
  get wavelength(): number | undefined {
    return this.#parsed("wavelength");
  }
  set wavelength(wavelength: number | undefined) {
    this.#reflect("wavelength", wavelength);
  }

  /** How long is searched: "quick", "normal" (if undefined), "thorough", or seconds of one core of a fast machine. */
  get effort(): Effort | undefined {
    return this.#parsed("effort");
  }
  set effort(effort: Effort | undefined) {
    this.#reflect("effort", effort);
  }

  /** "light", "dark", or "auto": as the page's `color-scheme` is. */
  get theme(): ViewTheme {
    return this.#parsed("theme") ?? "auto";
  }
  set theme(theme: ViewTheme) {
    this.#reflect("theme", theme);
  }

  /** Address of a file with the scan, which is fetched. */
  get src(): string | undefined {
    return this.getAttribute("src") ?? undefined;
  }
  set src(address: string | undefined) {
    this.#reflect("src", address);
  }

  /** Whether it inverts only when `invert` is called. */
  get manual(): boolean {
    return this.hasAttribute("manual");
  }
  set manual(isManual: boolean) {
    this.toggleAttribute("manual", isManual);
  }

  /** Of the inversion, as of the SDK's `invert`; what cannot go to a worker (`network`, `predictor`, `wasm`, `signal`,
   *  `onProgress`) is refused. The attribute `effort` goes before that of the options. */
  get options(): InvertOptions {
    return this.#work.store.options.value;
  }
  set options(options: InvertOptions | undefined) {
    this.#work.store.options.value = options ?? {};
    this.#changed();
  }

  /** The SDK's reflection, in the place of `material`, `hkl` and `wavelength`: for crystals of a CIF and asymmetric
   *  reflections. */
  get reflection(): Reflection | undefined {
    return this.#given;
  }
  set reflection(reflection: Reflection | undefined) {
    this.#given = reflection;
    this.#changed();
  }

  /** The scan that is shown. It may be set to a scan of the SDK, or to a file as text, bytes or `File`, which is read.
   *  undefined: none is shown. */
  get scan(): Scan | undefined {
    return this.#work.scan;
  }
  set scan(source: ScanSource | undefined) {
    void this.#work.take(source);
  }

  /** The answer that is shown. It may be set to one of the SDK's `invert`, with its scan, and stays then until another scan is
   *  set or `invert` is called. `options` should be those that it was found with: a drag needs their `sample` and
   *  `deviation`. */
  get inversion(): Inversion | undefined {
    return this.#work.inversion;
  }
  set inversion(inversion: Inversion | undefined) {
    this.#hasNews = false;
    this.#work.show(inversion);
  }

  /** Inverts the scan in a worker of its own; an inversion that is under way is aborted.
   *  @returns the answer, as the SDK's `invert` gives it; it is shown then
   *  @throws {InvalidParameterError} where an attribute, an option or the scan is missing or cannot be
   *  @throws {ViewError} what the SDK's `reflection` and `invert` throw, with its code; a `DOMException` "AbortError" where it is
   *  aborted */
  async invert(): Promise<Inversion> {
    this.#hasNews = false;
    return this.#work.invert();
  }

  /** Aborts the inversion that is under way, and ends its worker. */
  abort(): void {
    this.#work.abort();
  }

  /** @internal */
  connectedCallback(): void {
    for (const name of [...PROPERTIES, ...OBJECTS]) this.#upgrade(name);
    if (this.#end !== undefined) return;
    if (this.scan === undefined) this.#load();
    this.#readTheme();
    this.#end = this.#work.store.follow();
    render(
      createElement(View, { store: this.#work.store, open: (file) => void this.#work.take(file) }),
      this.#root,
    );
    this.#schedule();
  }

  /** @internal */
  disconnectedCallback(): void {
    // Who only moves it is not to lose the inversion.
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#work.end();
      // Where it comes back it begins again.
      if (this.inversion === undefined) this.#hasNews = true;
      this.#end?.();
      this.#end = undefined;
      render(null, this.#root);
    });
  }

  /** @internal */
  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (before === now) return;
    if (name === "src") {
      if (this.#end !== undefined) this.#load();
    } else if (name === "theme" || name === "manual") this.#schedule();
    else this.#changed();
  }

  /** Calls `listener` when an event of that name comes, those of `TakagiViewEventMap` among them. */
  override addEventListener<K extends keyof TakagiViewEventMap>(
    name: K,
    listener: (this: TakagiView, event: TakagiViewEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  /** The same for all other events. */
  override addEventListener(
    name: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
  /** @internal */
  override addEventListener(
    name: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void {
    super.addEventListener(name, listener, options);
  }

  /** Takes such a listener away. */
  override removeEventListener<K extends keyof TakagiViewEventMap>(
    name: K,
    listener: (this: TakagiView, event: TakagiViewEventMap[K]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  /** The same for all other events. */
  override removeEventListener(
    name: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | EventListenerOptions,
  ): void;
  /** @internal */
  override removeEventListener(
    name: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | EventListenerOptions,
  ): void {
    super.removeEventListener(name, listener, options);
  }

  #load(): void {
    const { src, baseURI: base } = this;
    if (src !== undefined) void this.#work.fetch({ src, base });
  }

  #parsed<K extends keyof typeof PARSERS>(name: K): ReturnType<(typeof PARSERS)[K]> | undefined {
    const text = this.getAttribute(name);
    try {
      return text === null ? undefined : (PARSERS[name](text) as ReturnType<(typeof PARSERS)[K]>);
    } catch {
      // The event told it.
      return undefined;
    }
  }

  #reflect(name: string, value: string | number | undefined | null): void {
    if (value === undefined || value === null) this.removeAttribute(name);
    else this.setAttribute(name, String(value));
  }

  /** What was set on the element before it was one of ours. */
  #upgrade(name: (typeof PROPERTIES)[number] | (typeof OBJECTS)[number]): void {
    if (!Object.hasOwn(this, name)) return;
    const value: unknown = this[name];
    Reflect.deleteProperty(this, name);
    Reflect.set(this, name, value);
  }

  #readTheme(): void {
    if (this.isConnected) this.#work.store.theme.value = readTheme(this.#place);
  }

  #changed(): void {
    this.#hasNews = true;
    if (this.inversion !== undefined && !this.#work.isGiven) this.#work.store.isStale.value = true;
    this.#schedule();
  }

  /** Changes that are made together are followed together. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      if (this.isConnected) this.#update();
    });
  }

  #inputs(): Inputs {
    return inputsOf({
      attribute: (name) => this.getAttribute(name),
      scan: this.scan,
      reflection: this.#given,
      options: this.options,
    });
  }

  #update(): void {
    const { store, scan, isGiven } = this.#work,
      hasNews = this.#hasNews;
    this.#hasNews = false;
    try {
      const { theme, reflection, missing } = this.#inputs();
      this.#place.dataset.scheme = theme === "auto" ? "system" : theme;
      this.#readTheme();
      store.waiting.value =
        missing.length === 0 ? "Not inverted yet." : `Not inverted yet: ${missing.join(", ")} not given.`;
      if (!hasNews || isGiven || reflection === undefined) return;
      store.problem.value = undefined;
      if (scan !== undefined && !this.manual) this.#work.invert().catch(() => undefined);
      else this.#work.expect(reflection);
    } catch (error) {
      this.#work.fail(error);
    }
  }
}
