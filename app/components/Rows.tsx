/** Rows of a summary: name, value, remark. */
import type { Row } from "takagi";

export function Rows({ rows }: { readonly rows: readonly Row[] }) {
  return (
    <>
      {rows.map(([name, value, remark = ""]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {value} {remark !== "" && <small>{remark}</small>}
          </dd>
        </div>
      ))}
    </>
  );
}
