/** One list that two open pages have changed since both knew it. */

interface Item {
  readonly id: string;
}

/** What both did is kept: items that either added, changes of either, and where both changed one, ours. An item that one side
 *  removed goes, unless the other has changed it meanwhile.
 *  @param base as we knew it last; an item that is the same object in `ours` was not changed by us
 *  @param theirs as the other page left it, in copies */
export function merged<T extends Item>(base: readonly T[], ours: readonly T[], theirs: readonly T[]): T[] {
  const known = new Map(base.map((item) => [item.id, item])),
    own = new Set(ours.map(({ id }) => id)),
    other = new Map(theirs.map((item) => [item.id, item]));
  return [
    ...ours.flatMap((item) => (known.get(item.id) !== item ? [item] : (other.get(item.id) ?? []))),
    ...theirs.filter(({ id }) => !known.has(id) && !own.has(id)),
  ];
}
