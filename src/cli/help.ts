/** Help with options in groups, which this version of commander does not do by itself. */

import type { Command, Help, HelpConfiguration, Option } from "commander";

const groups = new WeakMap<Command, { readonly heading: string; readonly from: number }[]>();

/** Options added from here on stand under this heading. */
export function group(command: Command, heading: string): Command {
  const known = groups.get(command) ?? [];
  groups.set(command, [...known, { heading, from: command.options.length }]);
  return command;
}

export const HELP: HelpConfiguration = {
  formatHelp(command: Command, helper: Help): string {
    const width = helper.padWidth(command, helper);
    // Without a terminal the width is unknown, and lines are left as long as they are.
    helper.helpWidth ??= 80;
    const item = (term: string, description: string) => helper.formatItem(term, width, description, helper);
    const options = helper.visibleOptions(command);
    const optionItem = (option: Option) => item(helper.optionTerm(option), helper.optionDescription(option));
    const starts = groups.get(command) ?? [];
    const headingOf = (option: Option) => {
      const index = command.options.indexOf(option);
      return index < 0 ? "Other" : (starts.findLast(({ from }) => from <= index)?.heading ?? "Options");
    };
    const headings = [...new Set(options.map(headingOf))];
    const sections: [heading: string, lines: string[]][] = [
      [
        "Arguments",
        helper.visibleArguments(command).map((argument) => item(argument.name(), argument.description)),
      ],
      [
        "Commands",
        helper
          .visibleCommands(command)
          .map((sub) => item(helper.subcommandTerm(sub), helper.subcommandDescription(sub))),
      ],
      ...headings.map((heading): [string, string[]] => [
        heading,
        options.filter((option) => headingOf(option) === heading).map(optionItem),
      ]),
    ];
    const text = sections
      .filter(([, lines]) => lines.length > 0)
      .map(([heading, lines]) => `${heading}:\n${lines.join("\n")}\n`);
    const description = helper.commandDescription(command);
    return [
      `Usage: ${helper.commandUsage(command)}\n`,
      ...(description === "" ? [] : [`${helper.boxWrap(description, helper.helpWidth)}\n`]),
      ...text,
    ].join("\n");
  },
};
